# One image per app: docker build --build-arg APP=gateway --target app .
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
COPY --chmod=0644 deploy/secrets/*.mjs ./
RUN install -d -o 1000 -g 1000 /secrets/vault /secrets/gateway /secrets/auth /secrets/catalog /secrets/invalidator \
    /secrets/postgres /secrets/redis-cache /secrets/redis-sessions /secrets/rabbitmq
USER 1000:1000
CMD ["node", "make-secrets.mjs", "/secrets"]

FROM ${NODE} AS app
ARG APP
ENV NODE_ENV=production
WORKDIR /larder
COPY --from=packages /larder/node_modules ./node_modules
COPY --chmod=0644 package.json deploy/healthcheck.mjs ./
COPY --from=build /larder/dist/libs ./dist/libs
COPY --from=build /larder/dist/apps/${APP} ./dist/apps/${APP}
USER 1000:1000
HEALTHCHECK --interval=5s --timeout=4s --start-period=30s --retries=3 CMD ["node", "/larder/healthcheck.mjs"]
WORKDIR /larder/dist/apps/${APP}
CMD ["node", "src/main.js"]
