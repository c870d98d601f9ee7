#!/usr/bin/env bash
# One would guess: when a WebSocket server resets TCP (its process was killed, or its machine
#   rebooted), a proxy in front ends the client's connection, with an RST or a FIN.
# True: JupyterHub's proxy, configurable-http-proxy, writes an HTTP response into the open
#   WebSocket, "HTTP/1.1 503" with "Content-Length: 0", and then ends it.
# Versions: configurable-http-proxy 5.3.0, Node 20.
# Why it matters: the client reads "HT" as the header of a frame: RSV1 without an extension. So it
#   reports a protocol error of the server, in place of a lost connection.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
node --version
npm install --silent --no-audit --no-fund configurable-http-proxy@5.3.0
cat > ask.cjs <<'JS'
const assert = require("node:assert");
const net = require("node:net");
const { ConfigurableProxy } = require("configurable-http-proxy");

const ACCEPT =
  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
  "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
const ASK =
  "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
const HELLO = Buffer.from("818537fa213d7f9f4d5158", "hex"); // a masked text, "Hello"

const listen = (server) =>
  new Promise((done) => server.listen(0, "127.0.0.1", () => done(server.address().port)));

(async () => {
  // It accepts, and resets the connection when the first frame has arrived.
  const backend = net.createServer((socket) => {
    let asked = false;
    socket.on("error", () => {});
    socket.on("data", () => {
      if (asked) socket.resetAndDestroy();
      else socket.write(ACCEPT);
      asked = true;
    });
  });
  const target = `http://127.0.0.1:${await listen(backend)}`;
  const proxy = new ConfigurableProxy({ defaultTarget: target, authToken: "x" });
  const client = net.connect(await listen(proxy.proxyServer), "127.0.0.1");
  let said = "";
  client.on("data", (data) => {
    const first = said === "";
    said += data.toString("latin1");
    if (first) client.write(HELLO);
  });
  client.write(ASK);
  await new Promise((done) => client.on("close", done));
  const after = said.slice(said.indexOf("\r\n\r\n") + 4);
  console.log("handshake:", said.split("\r\n")[0]);
  console.log("then, in place of frames:", JSON.stringify(after.slice(0, 80)));
  assert.match(said, /^HTTP\/1\.1 101 /);
  assert.match(after, /^HTTP\/1\.1 503\r\nContent-Length: 0\r\n/);
  process.exit(0);
})();
JS
node ask.cjs
