-- Runs once, when the database is made: one role for each service, none of them a superuser.
\set catalog_password `cat /secrets/catalog-password`
\set auth_password `cat /secrets/auth-password`

CREATE ROLE catalog LOGIN PASSWORD :'catalog_password';
CREATE ROLE auth LOGIN PASSWORD :'auth_password';

REVOKE ALL ON DATABASE larder FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT CONNECT ON DATABASE larder TO catalog;
GRANT CONNECT, CREATE ON DATABASE larder TO auth; -- auth makes a schema of its own
ALTER SCHEMA public OWNER TO catalog;
