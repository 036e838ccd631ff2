# syntax=docker/dockerfile:1
# docker build -t sluice . && docker run -p 8080:8080 -p 8554:8554 sluice rtsp://user:pass@camera/stream
# build/Dockerfile holds the same bytes. What installs packages here is what installs them everywhere: build/setup.sh.

FROM debian:12 AS build
WORKDIR /sluice
COPY build/setup.sh build/packages.txt build/
COPY package.json package-lock.json ./
RUN build/setup.sh run
COPY . .
RUN make build && npm prune --omit=dev --ignore-scripts --no-audit --no-fund

FROM debian:12 AS ground
WORKDIR /sluice
COPY build/setup.sh build/packages.txt build/
RUN build/setup.sh runtime && rm -rf /var/lib/apt/lists/*
COPY --from=build /sluice/package.json /sluice/LICENSE ./
COPY --from=build /sluice/bin bin
COPY --from=build /sluice/dist dist
COPY --from=build /sluice/out/Release/sluice.node out/Release/
COPY --from=build /sluice/node_modules node_modules
RUN useradd --system --home-dir /data --create-home sluice
USER sluice

# docker build --target streamer -t sluice-streamer . && docker run sluice-streamer rtsp://camera/stream rtmp://server/app/key
FROM ground AS streamer
# What is written to a file goes here; mount a volume to keep it.
WORKDIR /data
ENTRYPOINT ["/sluice/bin/streamer"]

FROM ground AS runtime
COPY --from=build /sluice/build/healthy.mjs build/
# sluice.yml and what the API changes lie here; mount a volume to keep it.
WORKDIR /data
EXPOSE 8080 8554 1935
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["sh", "-c", "exec /sluice/node_modules/node-linux-*/bin/node /sluice/build/healthy.mjs"]
ENTRYPOINT ["/sluice/bin/sluice"]
