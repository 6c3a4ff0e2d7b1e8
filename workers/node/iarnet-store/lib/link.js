// One connection to the store's link. Once broken it stays so: whoever uses it makes another one.
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import * as frames from './frames.js';
import { fromCode, StoreError, StoreTimeoutError, StoreUnavailableError } from './errors.js';

const { Kind } = frames;
/** Linux takes 108 bytes with the zero; a longer path goes over the folder's descriptor. */
const MAX_PATH = 107;
/** Calls that were given up and may still be answered; a store that owes more than that is given up. */
const MAX_GIVEN_UP = 4096;

export class Link {
  /** Connects and says HELLO. */
  static async open(folder, owner, deadline) {
    const link = new Link(folder);
    await link.#connect(folder, deadline);
    try {
      const body = await link.call(Kind.HELLO, [frames.hello(owner)], Kind.WELCOME, { deadline });
      link.welcome = link.parse(frames.readWelcome, body);
      return link;
    } catch (error) {
      link.fail('the link was closed');
      throw error;
    }
  }

  #socket;
  #calls = new Map();
  #givenUp = new Map();
  #last = 0;
  #parts = [];
  #size = 0;
  #needed = frames.HEADER;

  constructor(folder) {
    this.path = path.join(folder, 'link');
    /** Why the link is of no use any more; undefined while it is. */
    this.failure = undefined;
  }

  /**
   * Sends a frame and gives the body of its answer.
   * @param {{deadline: number, signal?: AbortSignal, id?: string, waits?: boolean}} options deadline in milliseconds.
   */
  call(kind, parts, expected, { deadline, signal, id, waits = false }) {
    if (signal?.aborted) {
      return Promise.reject(signal.reason);
    }
    return new Promise((resolve, reject) => {
      const number = this.#next();
      const giveUp = (error) => {
        if (this.#calls.get(number) === call) {
          this.#calls.delete(number);
          this.#givenUp.set(number, waits);
          call.end();
          reject(error);
          this.#checkGivenUp();
        }
      };
      const aborted = () => giveUp(signal.reason);
      const timer = setTimeout(
        () => giveUp(new StoreTimeoutError(`the store at ${this.path}:${named(id)} no answer within ${deadline} ms`)), deadline);
      const call = {
        expected, id, resolve, reject,
        end: () => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', aborted);
        },
      };
      signal?.addEventListener('abort', aborted);
      this.#calls.set(number, call);
      try {
        this.tell(kind, parts, number);
      } catch (error) {
        this.#calls.delete(number);
        call.end();
        reject(error);
      }
    });
  }

  /** Sends a frame. Without a number it has no answer. */
  tell(kind, parts, number = 0) {
    if (this.failure !== undefined) {
      throw new StoreUnavailableError(`the store at ${this.path}: ${this.failure}`);
    }
    const size = parts.reduce((sum, part) => sum + part.length, 0);
    if (frames.COUNTED + size > frames.MAX_FRAME) {
      throw new RangeError(`a frame of ${frames.COUNTED + size} bytes is larger than the ${frames.MAX_FRAME} that the store takes`);
    }
    // One buffer: the socket would make a system call of each part.
    this.#socket.write(Buffer.concat([frames.header(kind, number, size), ...parts]));
  }

  /** Ends a lease; does nothing when the link is gone, which has ended it. */
  giveBack(lease) {
    if (this.failure === undefined) {
      this.tell(Kind.UNLEASE, [frames.unlease(lease)]);
    }
  }

  /** What read makes of a body; a store that does not speak the protocol loses the link. */
  parse(read, body) {
    try {
      return read(body);
    } catch (error) {
      this.fail(error.message);
      throw new StoreError(`the store at ${this.path}: ${error.message}`, { cause: error });
    }
  }

  /** Until what was told is with the store, at most for a second; then the link may be closed. */
  drain() {
    return new Promise((resolve) => {
      if (this.failure !== undefined) {
        resolve();
        return;
      }
      const timer = setTimeout(resolve, 1000);
      this.#socket.end(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** Ends the link; calls that wait fail. */
  fail(reason) {
    if (this.failure !== undefined) {
      return;
    }
    this.failure = reason;
    this.#socket.destroy();
    this.#givenUp.clear();
    for (const call of this.#calls.values()) {
      call.end();
      call.reject(new StoreUnavailableError(`the store at ${this.path}:${named(call.id)} ${reason}`));
    }
    this.#calls.clear();
  }

  #connect(folder, deadline) {
    return new Promise((resolve, reject) => {
      let descriptor;
      let target = this.path;
      try {
        if (Buffer.byteLength(target) > MAX_PATH) {
          descriptor = fs.openSync(folder, fs.constants.O_RDONLY | fs.constants.O_DIRECTORY);
          target = `/proc/self/fd/${descriptor}/link`;
        }
      } catch (error) {
        reject(new StoreUnavailableError(`the store at ${this.path} cannot be reached: ${error.message}`, { cause: error }));
        return;
      }
      const socket = net.connect({ path: target });
      this.#socket = socket;
      const timer = setTimeout(() => socket.destroy(new Error(`no connection within ${deadline} ms`)), deadline);
      const ended = () => {
        clearTimeout(timer);
        if (descriptor !== undefined) {
          fs.closeSync(descriptor);
        }
      };
      const failed = (error) => {
        ended();
        reject(new StoreUnavailableError(`the store at ${this.path} cannot be reached: ${error.message}`, { cause: error }));
      };
      socket.once('error', failed);
      socket.once('connect', () => {
        socket.off('error', failed);
        ended();
        socket.on('data', (bytes) => this.#received(bytes));
        socket.on('error', (error) => this.fail(`the link broke: ${error.message}`));
        socket.on('close', () => this.fail('the store has closed the link'));
        resolve();
      });
    });
  }

  #next() {
    do {
      this.#last = (this.#last % 0xffffffff) + 1;
    } while (this.#calls.has(this.#last) || this.#givenUp.has(this.#last));
    return this.#last;
  }

  #checkGivenUp() {
    // Calls that were to wait long are answered in their time; of the others the store owes too many.
    let late = 0;
    for (const waits of this.#givenUp.values()) {
      late += waits ? 0 : 1;
    }
    if (late > MAX_GIVEN_UP) {
      this.fail(`${late} calls were not answered in time`);
    }
  }

  #received(bytes) {
    this.#parts.push(bytes);
    this.#size += bytes.length;
    if (this.#size < this.#needed) {
      return;
    }
    const all = this.#parts.length === 1 ? this.#parts[0] : Buffer.concat(this.#parts);
    let at = 0;
    this.#needed = frames.HEADER;
    while (all.length - at >= frames.HEADER && this.failure === undefined) {
      const length = all.readUInt32LE(at);
      if (length < frames.COUNTED || length > frames.MAX_FRAME) {
        this.fail(`the store sent a frame of ${length} bytes`);
        return;
      }
      if (all.length - at < 4 + length) {
        this.#needed = 4 + length;
        break;
      }
      const end = at + 4 + length;
      this.#arrived(all.readUInt32LE(at + 5), all.readUInt8(at + 4), all.subarray(at + frames.HEADER, end));
      at = end;
    }
    const rest = all.subarray(at);
    this.#parts = rest.length > 0 ? [rest] : [];
    this.#size = rest.length;
  }

  #arrived(number, kind, body) {
    const call = this.#calls.get(number);
    if (call !== undefined) {
      this.#calls.delete(number);
      call.end();
      this.#answer(call, kind, body);
    } else if (this.#givenUp.delete(number)) {
      this.#undo(kind, body);
    } else {
      // An error that is about the link and no call.
      this.fail(kind === Kind.ERROR ? this.#text(body) : `frame ${kind} answers call ${number}, which nobody made`);
    }
  }

  #answer(call, kind, body) {
    if (kind === call.expected) {
      call.resolve(body);
    } else if (kind === Kind.ERROR) {
      try {
        const { code, text } = this.parse(frames.readError, body);
        call.reject(fromCode(code, text, this.path, call.id));
      } catch (error) {
        call.reject(error);
      }
    } else {
      this.fail(`the store answered with frame ${kind}; expected ${call.expected}`);
      call.reject(new StoreError(`the store at ${this.path}: ${this.failure}`));
    }
  }

  /** Gives back what came after its call had given up. */
  #undo(kind, body) {
    try {
      if (kind === Kind.LEASED) {
        this.giveBack(this.parse(frames.readLeased, body).lease);
      } else if (kind === Kind.CREATED) {
        const number = this.#next();
        this.#givenUp.set(number, true);
        this.tell(Kind.ABORT, [this.parse(frames.readCreated, body).id], number);
      }
    } catch (error) {
      this.fail(error.message);
    }
  }

  #text(body) {
    try {
      return frames.readError(body).text;
    } catch (error) {
      return error.message;
    }
  }
}

const named = (id) => (id === undefined ? '' : ` object ${id}`);
