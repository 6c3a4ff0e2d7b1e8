// Values and their bytes. What .NET and Python read: "raw", "json", and "array.<dtype>" for arrays of numbers.
import os from 'node:os';
import { CodecError } from './errors.js';

const arrays = new Map([
  ['int8', Int8Array], ['int16', Int16Array], ['uint16', Uint16Array], ['int32', Int32Array], ['uint32', Uint32Array],
  ['int64', BigInt64Array], ['uint64', BigUint64Array], ['float32', Float32Array], ['float64', Float64Array],
]);
if (globalThis.Float16Array !== undefined) {
  arrays.set('float16', globalThis.Float16Array);
}
const PREFIX = 'array.';

/** The codec and the bytes of a value. The bytes may be the value's own. */
export function encode(value) {
  if (value instanceof Uint8Array || value instanceof Uint8ClampedArray || value instanceof DataView || isBuffer(value)) {
    return { codec: 'raw', bytes: bytesOf(value) };
  }
  if (ArrayBuffer.isView(value)) {
    for (const [dtype, Kind] of arrays) {
      if (value instanceof Kind) {
        checkOrder();
        return { codec: PREFIX + dtype, bytes: bytesOf(value) };
      }
    }
  }
  let text;
  try {
    text = JSON.stringify(value, finite);
  } catch (error) {
    throw new CodecError(`the value cannot be encoded as JSON: ${error.message}`, { cause: error });
  }
  if (text === undefined) {
    throw new CodecError(`a value of type ${typeof value} has no JSON`);
  }
  return { codec: 'json', bytes: Buffer.from(text) };
}

/** The value in bytes that have a memory of their own; typed arrays and Buffers lie over it. */
export function decode(codec, bytes) {
  if (codec === 'raw' || codec === 'protobuf') {
    return bytes;
  }
  if (codec === 'json') {
    return JSON.parse(bytes.toString('utf8'));
  }
  if (codec.startsWith(PREFIX)) {
    return decodeArray(codec.slice(PREFIX.length), bytes);
  }
  throw new CodecError(
    `codec '${codec}' is not known to Node.js; it reads raw, json, protobuf (as bytes) and array.*. Use get() for the bytes`);
}

/** Any form of bytes as a Buffer over the same memory. */
export function bytesOf(value) {
  if (ArrayBuffer.isView(value)) {
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  }
  if (isBuffer(value)) {
    return Buffer.from(value);
  }
  throw new TypeError('expected a Buffer, a typed array, a DataView or an ArrayBuffer');
}

function decodeArray(dtype, bytes) {
  checkOrder();
  if (dtype === 'bool') {
    return Array.from(bytes, (item) => item !== 0);
  }
  const Kind = arrays.get(dtype);
  const size = dtype === 'float16' ? 2 : Kind?.BYTES_PER_ELEMENT;
  if (size === undefined) {
    throw new CodecError(`codec 'array.${dtype}' is not known to Node.js; known are ${[...arrays.keys(), 'float16', 'bool'].join(', ')}`);
  }
  if (bytes.length % size !== 0) {
    throw new CodecError(`${bytes.length} bytes are no whole number of elements of array.${dtype}`);
  }
  // A typed array begins at a multiple of its element.
  const own = bytes.byteOffset % size === 0 ? bytes : Buffer.concat([bytes]);
  return Kind === undefined
    ? Float32Array.from({ length: bytes.length / 2 }, (_, index) => half(bytes.readUInt16LE(index * 2)))
    : new Kind(own.buffer, own.byteOffset, own.length / size);
}

// Before Float16Array (Node.js 24) single precision holds each half exactly.
function half(bits) {
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  const magnitude = exponent === 0 ? fraction * 2 ** -24
    : exponent === 31 ? (fraction === 0 ? Infinity : NaN)
    : (1 + fraction / 1024) * 2 ** (exponent - 15);
  return bits & 0x8000 ? -magnitude : magnitude;
}

// JSON.stringify would make them null. These texts are what .NET writes and reads.
function finite(_, value) {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

function isBuffer(value) {
  return value instanceof ArrayBuffer || (typeof SharedArrayBuffer !== 'undefined' && value instanceof SharedArrayBuffer);
}

function checkOrder() {
  if (os.endianness() !== 'LE') {
    throw new CodecError('arrays travel little-endian, which this machine is not');
  }
}
