// A peer of zeromq.js that sends back what it receives; its arguments and what it prints are those of ../echo.c.
import * as zmq from "zeromq"

const [kind, how, endpoint, ...rest] = process.argv.slice(2)
const options = new Map(rest.map(option => [option.split("=", 1)[0], option.slice(option.indexOf("=") + 1)]))
const socket = new { DEALER: zmq.Dealer, ROUTER: zmq.Router, REQ: zmq.Request, REP: zmq.Reply }[kind]({ linger: 0, reconnectInterval: 20 })
let key = ""

if (options.has("identity")) socket.routingId = options.get("identity")
if (options.has("heartbeat")) {
  socket.heartbeatInterval = 50
  socket.heartbeatTimeout = socket.heartbeatTimeToLive = Number(options.get("heartbeat"))
}
if (options.has("plain-client")) [socket.plainUsername, socket.plainPassword] = options.get("plain-client").split(":")
if (options.has("plain-server")) {
  decide(options.get("plain-server"))
  socket.plainServer = true
}
if (options.has("curve-client") || options.has("curve-server")) {
  const pair = zmq.curveKeyPair()
  key = pair.publicKey
  socket.curvePublicKey = pair.publicKey
  socket.curveSecretKey = pair.secretKey
  if (options.has("curve-server")) socket.curveServer = true
  else socket.curveServerKey = options.get("curve-client")
}

// The handler that libzmq asks about clients (ZAP, RFC 27): lets in one user.
async function decide(user) {
  const handler = new zmq.Reply()
  await handler.bind("inproc://zeromq.zap.01")
  for await (const [version, request, , , , , name, password] of handler) {
    await handler.send([version, request, ...(`${name}:${password}` === user ? ["200", "OK", name] : ["400", "No", ""]), ""])
  }
}

if (how === "bind") await socket.bind(endpoint)
else socket.connect(endpoint)
console.log(`${how === "bind" ? socket.lastEndpoint : endpoint} ${key}`.trim())
if (kind === "DEALER" || kind === "REQ") await socket.send("hello")
let known = kind !== "ROUTER"
for await (const frames of socket) {
  if (!known) console.log(frames[0].toString("hex"))
  known = true
  await socket.send(frames)
}
