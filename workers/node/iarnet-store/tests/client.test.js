import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import {
  CodecError, ObjectNotFoundError, ObjectTooLargeError, StoreClient, StoreError, StoreFullError, StoreTimeoutError, StoreUnavailableError,
} from '../index.js';
import { FakeLink, POOL_BYTES, frame, text, u16, u64 } from './fake-link.js';

const ID = '000102030405060708090a0b0c0d0e0f';
const LARGE = randomBytes(700_000);

describe('a client and its store', { timeout: 60_000 }, () => {
  let store;
  let client;
  beforeEach(async () => {
    store = await new FakeLink().start();
    client = await StoreClient.connect({ folder: store.folder, owner: 'node', deadline: 10_000 });
  });
  afterEach(async () => {
    await client.close();
    await store.remove();
  });

  const allGivenBack = () => store.until(() => store.leases.size === 0 && store.unfinished.size === 0, 'all to be given back');

  test('hello says who it is', () => {
    assert.deepEqual(store.hello, { magic: 0x314c5349, version: 1, flags: 0, pid: process.pid, owner: 'node' });
    assert.equal(client.source, 'node-1');
  });

  test('small objects go in one frame and large ones are written in place', async () => {
    for (const [bytes, calls] of [[Buffer.from('abc'), ['PUT']], [LARGE, ['CREATE', 'SEAL']], [Buffer.alloc(0), ['PUT']]]) {
      store.calls.length = 0;
      const put = await client.put(bytes, { codec: 'mine', metadata: { kind: 'test', '__proto__x': 'é' } });
      assert.deepEqual({ source: 'node-1', size: bytes.length, existed: false }, { source: put.source, size: put.size, existed: put.existed });
      assert.deepEqual(store.calls, calls);
      assert.deepEqual(store.read(put.id).bytes, bytes);
      const got = await client.get(put.id);
      assert.deepEqual(got, { id: put.id, codec: 'mine', metadata: { kind: 'test', '__proto__x': 'é' }, bytes });
      await allGivenBack();
    }
  });

  test('several buffers of any kind are one object', async () => {
    const parts = [Buffer.from('a'), Uint8Array.of(1, 2), Uint16Array.of(0x0403), new DataView(LARGE.buffer, LARGE.byteOffset + 5, 90_000), new ArrayBuffer(2)];
    const expected = Buffer.concat([Buffer.from([97, 1, 2, 3, 4]), LARGE.subarray(5, 90_005), Buffer.alloc(2)]);
    assert.deepEqual((await client.get((await client.put(parts)).id)).bytes, expected);
    assert.deepEqual((await client.get((await client.put(parts.slice(0, 3))).id)).bytes, expected.subarray(0, 5));
    await assert.rejects(client.put('text'), TypeError);
  });

  test('ids of the client, as text and as bytes, and objects that exist', async () => {
    for (const bytes of [Buffer.from('a'), LARGE]) {
      const id = randomBytes(16);
      const first = await client.put(bytes, { id });
      const second = await client.put(bytes, { id: id.toString('hex') });
      assert.deepEqual([first.id, first.existed, second.id, second.existed], [id.toString('hex'), false, id.toString('hex'), true]);
    }
    await assert.rejects(client.get('abc'), /32 hexadecimal digits or 16 bytes/);
  });

  test('values come back as they were', async () => {
    const values = [
      [Int8Array.of(-1), 'array.int8'], [Int16Array.of(-300), 'array.int16'], [Uint16Array.of(65535), 'array.uint16'],
      [Int32Array.of(1, -2), 'array.int32'], [Uint32Array.of(2 ** 32 - 1), 'array.uint32'], [BigInt64Array.of(-1n), 'array.int64'],
      [BigUint64Array.of(2n ** 64n - 1n), 'array.uint64'], [Float32Array.of(1.5, NaN), 'array.float32'], [Float64Array.of(0.1), 'array.float64'],
      [new Float64Array(100_000).fill(2.5), 'array.float64'], [new Float64Array(0), 'array.float64'],
      [Buffer.from('abc'), 'raw'], [{ a: [1, 'é', null, true] }, 'json'], ['text', 'json'], [null, 'json'], [0.1, 'json'],
    ];
    for (const [value, codec] of values) {
      const put = await client.putValue(value);
      assert.equal(store.read(put.id).codec, codec);
      assert.deepEqual(await client.getValue(put.id), value);
    }
    assert.equal(store.read((await client.putValue([1 / 0, NaN])).id).bytes.toString(), '["Infinity","NaN"]');
  });

  test('arrays of other languages', async () => {
    store.add(ID, 'array.bool', Buffer.from([1, 0]));
    assert.deepEqual(await client.getValue(ID), [true, false]);
    store.add(ID, 'array.float16', Buffer.from(Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7c00, 0xfe00).buffer));
    assert.deepEqual(Array.from(await client.getValue(ID)), [1, -2, 2 ** -24, Infinity, NaN]);
    for (const [codec, bytes] of [['array.int32', 'abcde'], ['array.mystery', ''], ['pickle', 'x'], ['pickle5', 'x']]) {
      store.add(ID, codec, Buffer.from(bytes));
      await assert.rejects(client.getValue(ID), CodecError);
    }
    for (const value of [undefined, () => 1, 1n, Symbol('x')]) {
      await assert.rejects(client.putValue(value), CodecError);
    }
    await allGivenBack();
  });

  test('an object that is not there is named', async () => {
    await assert.rejects(client.get(ID), (error) => error instanceof ObjectNotFoundError && error.name === 'ObjectNotFoundError'
      && error.message.includes(`object ${ID} NOT_FOUND: no such object`));
    await assert.rejects(client.get(ID, { wait: 10 }), ObjectNotFoundError);
  });

  test('an object that comes later is waited for, and stands in nobody’s way', async () => {
    const waiting = client.get(ID, { wait: 20_000 });
    assert.equal((await client.get((await client.put(Buffer.from('x'))).id)).bytes.toString(), 'x');
    store.add(ID, 'raw', Buffer.from('late'));
    assert.equal((await waiting).bytes.toString(), 'late');
  });

  test('waiting for some and for all', async () => {
    const ids = ['01', '02', '03'].map((digits) => digits.repeat(16));
    store.add(ids[1], 'raw', Buffer.alloc(0));
    assert.deepEqual(await client.wait(ids, { count: 1, timeout: 20_000 }), { present: [ids[1]], absent: [ids[0], ids[2]] });
    assert.deepEqual(await client.wait([ids[0], ids[1]], { timeout: 20 }), { present: [ids[1]], absent: [ids[0]] });
    const all = client.wait(ids.slice(0, 2), { timeout: 20_000 });
    store.add(ids[0], 'raw', Buffer.alloc(0));
    assert.deepEqual(await all, { present: ids.slice(0, 2), absent: [] });
    assert.deepEqual(await client.wait([]), { present: [], absent: [] });
    await assert.rejects(client.wait([ids[2]], { timeout: 20_000, signal: AbortSignal.timeout(20) }), { name: 'TimeoutError' });
    store.add(ids[2], 'raw', Buffer.alloc(0));
    await allGivenBack();
    await store.until(() => store.sockets.size === 1, 'the links of the waits to be gone');
    const many = Array.from({ length: 2500 }, (_, n) => (n + 100).toString(16).padStart(32, '0'));
    const some = client.wait(many, { count: 2, timeout: 20_000 });
    store.add(many[3], 'raw', Buffer.alloc(0));
    store.add(many[2400], 'raw', Buffer.alloc(0));
    assert.deepEqual((await some).present, [many[3], many[2400]]);
    const closed = assert.rejects(client.wait([many[0]], { timeout: 20_000 }), StoreUnavailableError);
    await store.until(() => store.sockets.size === 2, 'the link of the wait');
    await client.close();
    await closed;
  });

  test('what comes after its call was given up is given back', async () => {
    store.add(ID, 'raw', Buffer.from('abc'));
    store.silent.add('LEASE').add('CREATE');
    const controller = new AbortController();
    const calls = [client.get(ID, { signal: controller.signal }), client.put(LARGE, { signal: controller.signal })];
    await store.until(() => store.held.length === 2, 'both answers to be held');
    controller.abort(new Error('enough'));
    for (const result of await Promise.allSettled(calls)) {
      assert.equal(result.reason?.message, 'enough');
    }
    await assert.rejects(client.get(ID, { signal: controller.signal }), /enough/);
    assert.deepEqual([store.leases.size, store.unfinished.size], [1, 1]);
    store.letGo();
    await allGivenBack();
    assert.equal((await client.get(ID)).bytes.toString(), 'abc');
  });

  test('a store that does not answer is an error in time', async () => {
    const hasty = await StoreClient.connect({ folder: store.folder, owner: 'node', deadline: 50 });
    store.silent.add('PUT');
    await assert.rejects(hasty.put(Buffer.from('a')), StoreTimeoutError);
    await hasty.close();
  });

  test('a full store and an object that is too large say so', async () => {
    await assert.rejects(client.put(Buffer.alloc(POOL_BYTES + 1)), StoreFullError);
    await assert.rejects(client.put(Array(9).fill(Buffer.alloc(POOL_BYTES))), ObjectTooLargeError);
  });

  test('an offset beyond the pool is an error and the object is given up', async () => {
    store.add(ID, 'raw', LARGE);
    store.lieAboutOffset = POOL_BYTES - 1000;
    await assert.rejects(client.get(ID), /the store named/);
    await assert.rejects(client.put(LARGE), /the store named/);
    await allGivenBack();
    assert.equal(store.calls.at(-1), 'ABORT');
  });

  test('texts that are too long are refused before they are sent', async () => {
    await assert.rejects(client.put(Buffer.from('a'), { metadata: { key: 'v'.repeat(70_000) } }), RangeError);
    await assert.rejects(client.put(Buffer.from('a'), { metadata: { a: 'v'.repeat(60_000), b: 'v'.repeat(60_000), c: 'v'.repeat(60_000) } }), RangeError);
    assert.equal((await client.put(Buffer.from('a'))).size, 1);
  });

  test('a store that comes back is connected to again', async () => {
    const put = await client.put(Buffer.from('abc'));
    store.cut();
    assert.equal((await client.get(put.id)).bytes.toString(), 'abc');
    await store.stop();
    await assert.rejects(client.put(Buffer.from('x')), StoreUnavailableError);
    await assert.rejects(client.get(put.id), StoreUnavailableError);
    await store.start();
    const again = await Promise.all([LARGE, LARGE].map((bytes) => client.put(bytes)));
    assert.deepEqual((await client.get(again[1].id)).bytes, LARGE);
    assert.equal(store.calls.filter((name) => name === 'HELLO').length, 3);
  });

  test('calls that wait fail when the link breaks, and when the client is closed', async () => {
    const other = await StoreClient.connect({ folder: store.folder, owner: 'node' });
    const waiting = [other.wait([ID], { timeout: 20_000 }), other.wait([ID], { timeout: 20_000 })].map((call) => assert.rejects(call, StoreUnavailableError));
    // Each looks first, and waits over a link of its own then.
    await store.until(() => store.calls.filter((name) => name === 'LEASE').length === 4, 'two to wait');
    store.cut();
    await Promise.all(waiting);
    const late = assert.rejects(other.get(ID, { wait: 20_000 }), StoreUnavailableError);
    await store.until(() => store.calls.filter((name) => name === 'LEASE').length === 5, 'one to wait');
    await other.close();
    await late;
    await assert.rejects(other.get(ID), /is closed/);
    await other.close();
  });

  test('releases are sent before the connection is closed', async () => {
    const puts = await Promise.all([1, 2, 3].map((n) => client.put(Buffer.alloc(n))));
    await client.release(puts[0].id);
    await client.release(puts.slice(1).map((put) => put.id));
    await client.close();
    await store.until(() => store.released.length === 3, 'the releases');
    assert.equal(store.objects.size, 0);
  });

  test('many calls at the same time each get their own answer', async () => {
    await Promise.all(Array.from({ length: 500 }, async (_, n) => {
      const bytes = Buffer.alloc((n * 37) % 3 === 0 ? 70_000 : n, n);
      const { id } = await client.put(bytes);
      assert.deepEqual((await client.get(id, { wait: n % 2 })).bytes, bytes);
      await client.release(id);
    }));
    await allGivenBack();
  });

  test('a folder with a long path is reached', async () => {
    const long = path.join(store.folder, 'x'.repeat(100), 'y'.repeat(100));
    fs.mkdirSync(long, { recursive: true });
    for (const name of ['link', 'pool']) {
      fs.symlinkSync(path.join(store.folder, name), path.join(long, name));
    }
    const other = await StoreClient.connect({ folder: long, owner: 'node' });
    assert.equal((await other.put(LARGE)).size, LARGE.length);
    await other.close();
  });
});

describe('a store that does not keep to the protocol', { timeout: 60_000 }, () => {
  const answered = async (...answers) => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'iarnet-test-'));
    fs.writeFileSync(path.join(folder, 'pool'), Buffer.alloc(4096));
    const server = net.createServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', () => {
        const answer = answers.shift();
        answer === undefined ? socket.end() : socket.write(answer);
      });
    });
    await new Promise((resolve) => server.listen(path.join(folder, 'link'), resolve));
    try {
      const client = await StoreClient.connect({ folder, owner: 'node', deadline: 5000 });
      try {
        return await client.put(Buffer.from('a'));
      } finally {
        await client.close();
      }
    } finally {
      server.close();
      fs.rmSync(folder, { recursive: true });
    }
  };
  const welcome = (version = 1) => frame(129, 1, [u16(version), u64(4096), u64(100), text('node-1'), text('')]);

  for (const [answers, expected] of [
    [[welcome(2)], /version 2/],
    [[frame(129, 1, [u16(1), Buffer.from('abc')])], /ends in the middle/],
    [[frame(129, 1, [u16(1), u64(2n ** 60n), u64(1)])], /too large/],
    [[frame(131, 1, [Buffer.alloc(17)])], /answered with frame 131; expected 129/],
    [[frame(129, 9, [])], /which nobody made/],
    [[Buffer.from([3, 0, 0, 0, 129, 1, 0, 0, 0])], /a frame of 3 bytes/],
    [[Buffer.from([0, 0, 9, 0, 129, 1, 0, 0, 0])], /a frame of 589824 bytes/],
    [[], /the store has closed the link/],
    [[welcome(), frame(255, 0, [u16(5), text('no such frame')])], /no such frame/],
    [[welcome(), frame(255, 2, [u16(9), text('enough')])], /QUOTA_EXCEEDED: enough/],
    [[welcome(), frame(255, 2, [u16(99), text('what')])], /error 99: what/],
  ]) {
    test(String(expected), async () => {
      await assert.rejects(answered(...answers), (error) => error instanceof StoreError && expected.test(error.message));
    });
  }

  test('no store', async () => {
    await assert.rejects(StoreClient.connect({ folder: '/nowhere', owner: 'node' }), StoreUnavailableError);
    await assert.rejects(StoreClient.connect({ folder: '/nowhere' }), TypeError);
    await assert.rejects(StoreClient.connect({ owner: 'node', folder: '' }), /IARNET_SEGMENT_FOLDER/);
  });

  test('frames that come in pieces are put together', async () => {
    const all = welcome();
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'iarnet-test-'));
    fs.writeFileSync(path.join(folder, 'pool'), Buffer.alloc(4096));
    const server = net.createServer((socket) => socket.once('data', async () => {
      for (const byte of all) {
        socket.write(Buffer.of(byte));
        await new Promise((resolve) => setImmediate(resolve));
      }
    }));
    await new Promise((resolve) => server.listen(path.join(folder, 'link'), resolve));
    const client = await StoreClient.connect({ folder, owner: 'node' });
    assert.equal(client.source, 'node-1');
    await client.close();
    server.close();
    fs.rmSync(folder, { recursive: true });
  });
});
