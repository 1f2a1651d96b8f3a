# One image per app: docker build --target app --build-arg APP=gateway .
ARG NODE=node:24.11.1-bookworm-slim

FROM ${NODE} AS build
WORKDIR /larder
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npx nest build larder

FROM ${NODE} AS packages
WORKDIR /larder
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

# Makes the secrets that the other containers read from volumes. The volumes take the owner of these folders.
FROM ${NODE} AS secrets
WORKDIR /larder
COPY --from=packages /larder/node_modules ./node_modules
COPY --chmod=0644 deploy/secrets/*.mjs ./deploy/secrets/
COPY --chmod=0644 tools/certs/*.mjs ./tools/certs/
RUN install -d -o 1000 -g 1000 /secrets/vault /secrets/gateway /secrets/auth /secrets/catalog /secrets/invalidator \
    /secrets/postgres /secrets/redis-cache /secrets/redis-sessions /secrets/rabbitmq
USER 1000:1000
CMD ["node", "deploy/secrets/make-secrets.mjs", "/secrets"]

FROM ${NODE} AS runtime
ENV NODE_ENV=production
WORKDIR /larder
COPY --from=packages /larder/node_modules ./node_modules
COPY --chmod=0644 package.json deploy/healthcheck.mjs ./
COPY --from=build /larder/dist/libs ./dist/libs
USER 1000:1000

FROM runtime AS app
ARG APP
ENV NODE_OPTIONS=--max-semi-space-size=64
COPY --from=build /larder/dist/apps/${APP} ./dist/apps/${APP}
HEALTHCHECK --interval=5s --timeout=4s --start-period=30s --retries=3 CMD ["node", "/larder/healthcheck.mjs"]
WORKDIR /larder/dist/apps/${APP}
CMD ["node", "src/main.js"]

# For operators: imports, accounts, the sample catalogue.
FROM runtime AS tools
COPY --from=build /larder/dist/apps ./dist/apps
COPY --from=build /larder/dist/tools/*.js ./dist/tools/
COPY --from=build /larder/dist/tools/start/sample.js ./dist/tools/start/
COPY --chmod=0644 tools/sample-catalogue/products.csv ./tools/sample-catalogue/
ENTRYPOINT ["node"]
