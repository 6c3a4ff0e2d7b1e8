// The store's link in JavaScript: a pool in a file, objects by id, leases by connection, and what was called.
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { randomBytes } from 'node:crypto';

export const POOL_BYTES = 32 * 1024 * 1024;
const names = { 1: 'HELLO', 2: 'CREATE', 3: 'SEAL', 4: 'ABORT', 5: 'LEASE', 6: 'UNLEASE', 7: 'RELEASE', 8: 'PUT' };

export class FakeLink {
  constructor() {
    this.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'iarnet-test-'));
    this.calls = [];
    /** Answers of frames named in here are held until they are let go. */
    this.silent = new Set();
    this.held = [];
    this.lieAboutOffset = 0;
  }

  async start() {
    this.objects = new Map();
    this.leases = new Map();
    this.unfinished = new Map();
    this.released = [];
    this.waiting = [];
    this.nextOffset = 4160;
    this.nextLease = 0n;
    this.pool = fs.openSync(path.join(this.folder, 'pool'), 'w+');
    fs.ftruncateSync(this.pool, POOL_BYTES);
    this.sockets = new Set();
    this.server = net.createServer((socket) => this.#serve(socket));
    await new Promise((resolve) => this.server.listen(path.join(this.folder, 'link'), resolve));
    return this;
  }

  async stop() {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
    fs.closeSync(this.pool);
    fs.unlinkSync(path.join(this.folder, 'pool'));
  }

  async remove() {
    await this.stop();
    fs.rmSync(this.folder, { recursive: true });
  }

  cut() {
    for (const socket of this.sockets) {
      socket.destroy();
    }
  }

  letGo() {
    this.silent.clear();
    this.held.splice(0).forEach((send) => send());
  }

  async until(condition, what) {
    for (const end = Date.now() + 10_000; !condition(); await new Promise((resolve) => setTimeout(resolve, 2))) {
      if (Date.now() > end) {
        throw new Error(`waited 10 s for ${what}; calls: ${this.calls}, leases: ${[...this.leases.keys()]}`);
      }
    }
  }

  add(id, codec, bytes, metadata = {}) {
    const offset = this.#room(bytes.length);
    fs.writeSync(this.pool, bytes, 0, bytes.length, offset);
    this.objects.set(id, { codec, offset, size: bytes.length, metadata });
    this.waiting.splice(0).forEach((look) => look());
  }

  read(id) {
    const { codec, offset, size, metadata } = this.objects.get(id);
    const bytes = Buffer.alloc(size);
    fs.readSync(this.pool, bytes, 0, size, offset);
    return { codec, bytes, metadata };
  }

  #room(size) {
    const offset = this.nextOffset;
    if (offset + size > POOL_BYTES) {
      return undefined;
    }
    this.nextOffset = Math.ceil((offset + size) / 64) * 64;
    return offset;
  }

  #serve(socket) {
    const own = { leases: new Set(), unfinished: new Set() };
    this.sockets.add(socket);
    let buffer = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('close', () => {
      this.sockets.delete(socket);
      own.leases.forEach((lease) => this.leases.delete(lease));
      own.unfinished.forEach((id) => this.unfinished.delete(id));
    });
    socket.on('data', (bytes) => {
      buffer = Buffer.concat([buffer, bytes]);
      while (buffer.length >= 4 && buffer.length >= 4 + buffer.readUInt32LE(0)) {
        const end = 4 + buffer.readUInt32LE(0);
        const [name, call, body] = [names[buffer[4]], buffer.readUInt32LE(5), buffer.subarray(9, end)];
        buffer = buffer.subarray(end);
        this.calls.push(name);
        const answer = (kind, ...parts) => {
          const send = () => socket.write(Buffer.concat([frame(kind, call, parts)]));
          this.silent.has(name) ? this.held.push(send) : send();
        };
        this[`on${name}`](own, answer, new Cursor(body));
      }
    });
  }

  onHELLO(own, answer, body) {
    this.hello = { magic: body.u32(), version: body.u16(), flags: body.u16(), pid: body.u32(), owner: body.text() };
    answer(129, u16(1), u64(POOL_BYTES), u64(256 * 1024 * 1024), text('node-1'), text(''));
  }

  onCREATE(own, answer, body) {
    const [given, size, , codec, metadata] = [body.id(), Number(body.u64()), body.u32(), body.text(), body.pairs()];
    const offset = this.#room(size);
    if (offset === undefined) {
      answer(255, u16(2), text('the store is full'));
      return;
    }
    const id = /^0+$/.test(given) ? randomBytes(16).toString('hex') : given;
    this.unfinished.set(id, { codec, offset, size, metadata });
    own.unfinished.add(id);
    answer(130, Buffer.from(id, 'hex'), u64(offset + this.lieAboutOffset), u64(size));
  }

  onSEAL(own, answer, body) {
    const [id, size] = [body.id(), Number(body.u64())];
    const existed = this.objects.has(id);
    if (!existed) {
      this.objects.set(id, { ...this.unfinished.get(id), size });
    }
    this.unfinished.delete(id);
    own.unfinished.delete(id);
    answer(131, Buffer.from(id, 'hex'), Buffer.from([existed ? 1 : 0]));
  }

  onABORT(own, answer, body) {
    const id = body.id();
    own.unfinished.delete(id);
    this.unfinished.delete(id) ? answer(132) : answer(255, u16(1), text('no such unfinished object'));
  }

  onLEASE(own, answer, body) {
    const [id, wait] = [body.id(), body.u32()];
    const end = Date.now() + wait;
    const look = () => {
      const found = this.objects.get(id);
      if (found === undefined && Date.now() < end) {
        this.waiting.push(look);
      } else if (found === undefined) {
        answer(255, u16(1), text('no such object'));
      } else {
        const lease = ++this.nextLease;
        own.leases.add(lease);
        this.leases.set(lease, id);
        const pairs = Object.entries(found.metadata).flatMap(([key, value]) => [text(key), text(value)]);
        answer(133, u64(lease), u64(found.offset + this.lieAboutOffset), u64(found.size), text(found.codec), u16(pairs.length / 2), ...pairs);
      }
    };
    if (wait > 0) {
      setTimeout(() => this.waiting.splice(0).forEach((each) => each()), wait + 1);
    }
    look();
  }

  onUNLEASE(own, answer, body) {
    for (let left = body.u32(); left > 0; left--) {
      const lease = body.u64();
      if (!own.leases.delete(lease)) {
        throw new Error(`lease ${lease} is not this connection's`);
      }
      this.leases.delete(lease);
    }
  }

  onRELEASE(own, answer, body) {
    for (let left = body.u32(); left > 0; left--) {
      const id = body.id();
      this.released.push(id);
      this.objects.delete(id);
    }
  }

  onPUT(own, answer, body) {
    const [given, , codec, metadata] = [body.id(), body.u32(), body.text(), body.pairs()];
    const id = /^0+$/.test(given) ? randomBytes(16).toString('hex') : given;
    const existed = this.objects.has(id);
    if (!existed) {
      this.add(id, codec, body.rest(), metadata);
    }
    answer(131, Buffer.from(id, 'hex'), Buffer.from([existed ? 1 : 0]));
  }
}

export function frame(kind, call, parts) {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(9);
  head.writeUInt32LE(5 + body.length, 0);
  head[4] = kind;
  head.writeUInt32LE(call, 5);
  return Buffer.concat([head, body]);
}

export const u16 = (value) => Buffer.from(Uint16Array.of(value).buffer);
export const u64 = (value) => Buffer.from(BigUint64Array.of(BigInt(value)).buffer);
export const text = (value) => Buffer.concat([u16(Buffer.byteLength(value)), Buffer.from(value)]);

class Cursor {
  constructor(body) {
    this.body = body;
    this.at = 0;
  }

  take(count) {
    this.at += count;
    return this.body.subarray(this.at - count, this.at);
  }

  id = () => this.take(16).toString('hex');
  u16 = () => this.take(2).readUInt16LE();
  u32 = () => this.take(4).readUInt32LE();
  u64 = () => this.take(8).readBigUInt64LE();
  text = () => this.take(this.u16()).toString();
  pairs = () => Object.fromEntries(Array.from({ length: this.u16() }, () => [this.text(), this.text()]));
  rest = () => this.body.subarray(this.at);
}
