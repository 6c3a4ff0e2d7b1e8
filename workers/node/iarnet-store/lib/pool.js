// The store's memory as a file: Node.js cannot map it, so objects are copied out and in, by one read or write of the page cache.
import fs from 'node:fs';
import { promisify } from 'node:util';
import { StoreError, StoreUnavailableError } from './errors.js';

const read = promisify(fs.read);
const write = promisify(fs.write);
const open = promisify(fs.open);

/** Up to here a copy on the spot is faster than the way to another thread and back, which takes some 50 us. */
const MAX_SYNC = 256 * 1024;
/** Of one system call. */
const MAX_STEP = 1024 * 1024 * 1024;

export class Pool {
  #descriptor;
  #busy = 0;
  #closed = false;

  static async open(path, length) {
    try {
      return new Pool(await open(path, 'r+'), length);
    } catch (error) {
      throw new StoreUnavailableError(`the store's memory ${path} cannot be opened: ${error.message}`, { cause: error });
    }
  }

  constructor(descriptor, length) {
    this.#descriptor = descriptor;
    this.length = length;
  }

  /** A copy of an object that is leased. Its memory is its own, so that typed arrays can lie over it. */
  read(offset, size) {
    const bytes = Buffer.allocUnsafeSlow(size);
    return this.#move(fs.readSync, (...of) => read(...of).then((result) => result.bytesRead), bytes, offset).then(() => bytes);
  }

  /** Copies buffers, one after the other, into an unfinished object. */
  async write(offset, parts) {
    for (const part of parts) {
      await this.#move(fs.writeSync, (...of) => write(...of).then((result) => result.bytesWritten), part, offset);
      offset += part.length;
    }
  }

  /** Closes the file when nothing is being read or written any more. */
  close() {
    this.#closed = true;
    this.#closeIdle();
  }

  async #move(now, later, bytes, offset) {
    if (offset + bytes.length > this.length) {
      throw new StoreError(`the store named ${bytes.length} bytes at ${offset}; its memory has ${this.length}`);
    }
    if (this.#closed) {
      throw new StoreUnavailableError('the client of the store is closed');
    }
    this.#busy++;
    try {
      for (let at = 0; at < bytes.length;) {
        const step = Math.min(MAX_STEP, bytes.length - at);
        const moved = bytes.length <= MAX_SYNC
          ? now(this.#descriptor, bytes, at, step, offset + at)
          : await later(this.#descriptor, bytes, at, step, offset + at);
        if (moved === 0) {
          throw new StoreError(`the store's memory ends before ${offset + bytes.length}`);
        }
        at += moved;
      }
    } finally {
      this.#busy--;
      this.#closeIdle();
    }
  }

  #closeIdle() {
    if (this.#closed && this.#busy === 0 && this.#descriptor !== undefined) {
      fs.closeSync(this.#descriptor);
      this.#descriptor = undefined;
    }
  }
}
