// The frames of the store's link: docs/protocol/store-link.md. Bytes in, bytes out.
import { StoreError } from './errors.js';

export const MAX_FRAME = 128 * 1024;
/** What PUT carries at most; larger objects are written in place. */
export const MAX_INLINE = 64 * 1024;
/** u32 length, u8 kind, u32 call. The length counts what follows it. */
export const HEADER = 9;
export const COUNTED = 5;

export const Kind = Object.freeze({
  HELLO: 1, CREATE: 2, SEAL: 3, ABORT: 4, LEASE: 5, UNLEASE: 6, RELEASE: 7, PUT: 8,
  WELCOME: 129, CREATED: 130, SEALED: 131, DONE: 132, LEASED: 133, ERROR: 255,
});

const MAGIC = 0x314c5349;
const VERSION = 1;
const MAX_TEXT = 0xffff;

export function header(kind, call, bodyBytes) {
  const bytes = Buffer.allocUnsafe(HEADER);
  bytes.writeUInt32LE(COUNTED + bodyBytes, 0);
  bytes.writeUInt8(kind, 4);
  bytes.writeUInt32LE(call, 5);
  return bytes;
}

export function hello(owner) {
  const head = Buffer.allocUnsafe(12);
  head.writeUInt32LE(MAGIC, 0);
  head.writeUInt16LE(VERSION, 4);
  head.writeUInt16LE(0, 6);
  head.writeUInt32LE(process.pid, 8);
  return Buffer.concat([head, text(owner)]);
}

export const create = (id, size, milliseconds, codec, metadata) =>
  Buffer.concat([id, u64(size), u32(milliseconds), text(codec), pairs(metadata)]);
/** All of PUT but the object's bytes, which follow. */
export const put = (id, milliseconds, codec, metadata) => Buffer.concat([id, u32(milliseconds), text(codec), pairs(metadata)]);
export const seal = (id, size) => Buffer.concat([id, u64(size)]);
export const lease = (id, milliseconds, source) => Buffer.concat([id, u32(milliseconds), text(source)]);
export const unlease = (number) => {
  const bytes = Buffer.allocUnsafe(12);
  bytes.writeUInt32LE(1, 0);
  bytes.writeBigUInt64LE(number, 4);
  return bytes;
};
export const release = (ids) => Buffer.concat([u32(ids.length), ...ids]);

export function readWelcome(body) {
  const reader = new Reader(body);
  const version = reader.u16();
  if (version !== VERSION) {
    throw new StoreError(`the store speaks version ${version} of the link; this client speaks ${VERSION}`);
  }
  return { poolBytes: reader.u64(), maxObjectBytes: reader.u64(), source: reader.text() };
}

export function readCreated(body) {
  const reader = new Reader(body);
  return { id: reader.bytes(16), offset: reader.u64(), size: reader.u64() };
}

export function readSealed(body) {
  const reader = new Reader(body);
  return { id: reader.bytes(16), existed: reader.u8() !== 0 };
}

export function readLeased(body) {
  const reader = new Reader(body);
  return { lease: reader.big(), offset: reader.u64(), size: reader.u64(), codec: reader.text(), metadata: reader.pairs() };
}

export function readError(body) {
  const reader = new Reader(body);
  return { code: reader.u16(), text: reader.text() };
}

function u32(value) {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value) {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function text(value) {
  const size = Buffer.byteLength(value);
  if (size > MAX_TEXT) {
    throw new RangeError(`a text has ${size} bytes; at most ${MAX_TEXT} are possible`);
  }
  const bytes = Buffer.allocUnsafe(2 + size);
  bytes.writeUInt16LE(size, 0);
  bytes.write(value, 2);
  return bytes;
}

function pairs(metadata) {
  const entries = Object.entries(metadata ?? {});
  const count = Buffer.allocUnsafe(2);
  count.writeUInt16LE(entries.length);
  return Buffer.concat([count, ...entries.flatMap(([key, value]) => [text(key), text(String(value))])]);
}

class Reader {
  constructor(body) {
    this.body = body;
    this.at = 0;
  }

  bytes(count) {
    if (this.at + count > this.body.length) {
      throw new StoreError(`the store sent a frame of ${this.body.length} bytes that ends in the middle of a field`);
    }
    this.at += count;
    return this.body.subarray(this.at - count, this.at);
  }

  u8() {
    return this.bytes(1)[0];
  }

  u16() {
    return this.bytes(2).readUInt16LE();
  }

  big() {
    return this.bytes(8).readBigUInt64LE();
  }

  u64() {
    const value = this.big();
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw new StoreError(`the store sent the number ${value}, which is too large`);
    }
    return Number(value);
  }

  text() {
    return this.bytes(this.u16()).toString('utf8');
  }

  pairs() {
    const result = {};
    for (let left = this.u16(); left > 0; left--) {
      const key = this.text();
      // Not an assignment: a key may be called "__proto__".
      Object.defineProperty(result, key, { value: this.text(), enumerable: true, configurable: true, writable: true });
    }
    return result;
  }
}
