# One image per app: docker build --target producer .  (or worker, dashboard, fake-learnosity)
# An image gets the compiled files and the production packages of its own app only, and of those what Node reads: types and source maps are a third.

FROM node:24-bookworm-slim AS pnpm
WORKDIR /app
ENV CI=true
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
RUN npm install --global "$(node -p "require('./package.json').packageManager.split('+')[0]")"
# Fills the store from the lockfile alone, so this layer outlives every change of the code.
RUN pnpm fetch && rm -rf node_modules

# Of the apps their packages' names and versions alone: a change of one app builds neither this nor the other apps again.
FROM pnpm AS core
COPY apps/producer/package.json apps/producer/
COPY apps/worker/package.json apps/worker/
COPY apps/dashboard/package.json apps/dashboard/
COPY tsconfig.base.json ./
COPY packages packages
RUN pnpm install --offline --frozen-lockfile && pnpm --filter @session-queue/core build

FROM core AS producer-build
COPY apps/producer apps/producer
RUN pnpm --filter @session-queue/producer build

FROM pnpm AS producer-packages
COPY packages/core/package.json packages/core/
COPY packages/s3-archive/package.json packages/s3-archive/
COPY packages/tracing/package.json packages/tracing/
COPY apps/producer/package.json apps/producer/
RUN pnpm install --offline --frozen-lockfile --prod --filter-prod '@session-queue/producer...'
RUN find node_modules -type f -regex '.*\.\([cm]?ts\|map\)' -delete

FROM core AS worker-build
COPY apps/worker apps/worker
RUN pnpm --filter @session-queue/worker build

FROM pnpm AS worker-packages
COPY packages/core/package.json packages/core/
COPY packages/s3-archive/package.json packages/s3-archive/
COPY packages/tracing/package.json packages/tracing/
COPY apps/worker/package.json apps/worker/
RUN pnpm install --offline --frozen-lockfile --prod --filter-prod '@session-queue/worker...'
RUN find node_modules -type f -regex '.*\.\([cm]?ts\|map\)' -delete

FROM core AS dashboard-build
COPY apps/dashboard apps/dashboard
RUN pnpm --filter @session-queue/dashboard build

FROM pnpm AS dashboard-packages
COPY packages/core/package.json packages/core/
COPY apps/dashboard/package.json apps/dashboard/
RUN pnpm install --offline --frozen-lockfile --prod --filter-prod '@session-queue/dashboard...'
RUN find node_modules -type f -regex '.*\.\([cm]?ts\|map\)' -delete

FROM core AS fake-learnosity-build
RUN pnpm --filter @session-queue/fake-learnosity build

FROM pnpm AS fake-learnosity-packages
COPY packages/fake-learnosity/package.json packages/fake-learnosity/
RUN pnpm install --offline --frozen-lockfile --prod --filter-prod '@session-queue/fake-learnosity...'
RUN find node_modules -type f -regex '.*\.\([cm]?ts\|map\)' -delete

FROM node:24-bookworm-slim AS runtime
ENV NODE_ENV=production
WORKDIR /app
LABEL org.opencontainers.image.licenses=Apache-2.0
# Files stay root's: an app can read them and change none.
USER node
STOPSIGNAL SIGTERM

# For trying things out. It listens on 127.0.0.1 only, so a worker has to share its network namespace.
FROM runtime AS fake-learnosity
LABEL org.opencontainers.image.title="Fake Learnosity" \
  org.opencontainers.image.description="A strict stand-in for the Learnosity Data API"
COPY --from=fake-learnosity-packages /app ./
COPY --from=fake-learnosity-build /app/packages/fake-learnosity/dist packages/fake-learnosity/dist
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:3040/__books').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "packages/fake-learnosity/dist/main.js"]

FROM runtime AS producer
LABEL org.opencontainers.image.title="Session Queue producer" \
  org.opencontainers.image.description="Accepts deletions and resubmissions of Learnosity sessions over HTTP"
COPY --from=producer-packages /app ./
COPY --from=core /app/packages/core/dist packages/core/dist
COPY --from=producer-build /app/packages/s3-archive/dist packages/s3-archive/dist
COPY --from=producer-build /app/packages/tracing/dist packages/tracing/dist
COPY --from=producer-build /app/apps/producer/dist apps/producer/dist
COPY apps/producer/assets apps/producer/assets
EXPOSE 3010
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PRODUCER_PORT || 3010}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# A small young generation: what a large body leaves behind is collected at once (decision 0009).
CMD ["node", "--max-semi-space-size=2", "apps/producer/dist/main.js"]

FROM runtime AS worker
LABEL org.opencontainers.image.title="Session Queue worker" \
  org.opencontainers.image.description="Sends batches to Learnosity within the quota and follows each to its end"
COPY --from=worker-packages /app ./
COPY --from=core /app/packages/core/dist packages/core/dist
COPY --from=worker-build /app/packages/s3-archive/dist packages/s3-archive/dist
COPY --from=worker-build /app/packages/tracing/dist packages/tracing/dist
COPY --from=worker-build /app/apps/worker/dist apps/worker/dist
EXPOSE 3020
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.WORKER_PORT || 3020}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "apps/worker/dist/main.js"]

FROM runtime AS dashboard
LABEL org.opencontainers.image.title="Session Queue dashboard" \
  org.opencontainers.image.description="Shows the queues and requests behind sign-in"
COPY --from=dashboard-packages /app ./
COPY --from=core /app/packages/core/dist packages/core/dist
COPY apps/dashboard/assets apps/dashboard/assets
COPY --from=dashboard-build /app/apps/dashboard/dist apps/dashboard/dist
EXPOSE 3030
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.DASHBOARD_PORT || 3030}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "apps/dashboard/dist/main.js"]
