using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Iarnet.Store.Index;
using Iarnet.Store.Link;
using Iarnet.Store.Memory;

namespace Iarnet.Store.Client;

/// <summary>
/// A process' end of the link: the store's memory mapped here, a session of its own, and calls for what needs the store itself. Thread-safe.
/// When the link is closed it is over: a new one begins from nothing.
/// </summary>
internal sealed partial class LinkClient : IDisposable
{
    private readonly FrameSocket _frames;
    private readonly TimeSpan _callTimeout;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<uint, TaskCompletionSource<byte[]>> _calls = [];
    private readonly string _folder;
    private Pages _readable = null!;
    private Pages _writable = null!;
    private Pages _sessionPages = null!;
    private PoolWindows _windows = null!;
    private IndexReader _index = null!;
    private uint _lastCall;
    private volatile bool _over;
    private volatile bool _left;

    private LinkClient(Socket socket, string folder, TimeSpan callTimeout, TimeProvider time)
    {
        _frames = new FrameSocket(socket);
        _folder = folder;
        _callTimeout = callTimeout;
        _time = time;
    }

    /// <summary>The name of the store in references.</summary>
    public string Source { get; private set; } = "";

    /// <summary>The largest object that it takes.</summary>
    public long MaxObjectBytes { get; private set; }

    /// <summary>Whether the link is closed.</summary>
    public bool IsOver => _over;

    /// <summary>Connects to the store of a folder.</summary>
    /// <exception cref="IOException">Nobody listens there, or its memory cannot be mapped.</exception>
    /// <exception cref="IarnetException">The store refused.</exception>
    [SupportedOSPlatform("linux")]
    public static async ValueTask<LinkClient> ConnectAsync(
        string folder, string owner, bool ownerEnds, TimeSpan callTimeout, TimeProvider time, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        LinkClient? client = null;
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(folder, StoreFolder.Link)), cancellationToken).ConfigureAwait(false);
            socket.SendTimeout = (int)Math.Min(callTimeout.TotalMilliseconds, int.MaxValue);
            client = new LinkClient(socket, folder, callTimeout, time);
            _ = client.ReadAsync();
            await client.GreetAsync(owner, ownerEnds, cancellationToken).ConfigureAwait(false);
            var greeted = client;
            client = null;
            return greeted;
        }
        catch (Exception error) when (error is SocketException or ArgumentException or StoreUnavailableException)
        {
            socket.Dispose();
            throw new IOException($"The link in '{folder}' cannot be used: {error.Message}", error);
        }
        finally
        {
            client?.Dispose();
        }
    }

    /// <summary>Closes the link: the store takes back what is open. Memory that is leased stays readable until its lease is disposed.</summary>
    public void Dispose()
    {
        _left = true;
        End();
    }

    [SupportedOSPlatform("linux")]
    private async ValueTask GreetAsync(string owner, bool ownerEnds, CancellationToken cancellationToken)
    {
        var hello = new FrameWriter(FrameKind.Hello, NextCall());
        hello.U32(Frame.Magic);
        hello.U16(Frame.Version);
        hello.U16((ushort)(Frame.WantsSession | (ownerEnds ? Frame.OwnerEndsWithLink : 0)));
        hello.U32((uint)Environment.ProcessId);
        hello.Text(owner);
        Map(await CallAsync(hello, FrameKind.Welcome, cancellationToken).ConfigureAwait(false));
    }

    [SupportedOSPlatform("linux")]
    private void Map(byte[] welcome)
    {
        var body = new FrameReader(welcome);
        var version = body.U16();
        var length = (long)Math.Min(body.U64(), long.MaxValue);
        MaxObjectBytes = (long)Math.Min(body.U64(), (ulong)ObjectStoreOptions.HardMaxObjectBytes);
        Source = body.Text();
        var session = body.Text();
        if (version != Frame.Version || !StoreFolder.IsSessionName(session))
        {
            throw new LinkProtocolException($"The store in '{_folder}' answered with version {version} and the session '{session}'.");
        }

        var pool = Path.Combine(_folder, StoreFolder.Pool);
        _readable = FilePages.Open(pool, length, writable: false);
        _writable = FilePages.Open(pool, length, writable: true);
        _sessionPages = FilePages.Open(Path.Combine(_folder, session), SessionLayout.Length, writable: true);
        _windows = new PoolWindows(_readable);
        _index = IndexReader.Open(Path.Combine(_folder, StoreFolder.Index));
        AttachSession();
    }

    private void End()
    {
        _over = true;
        _frames.Dispose();
    }

    private uint NextCall()
    {
        uint call;
        do
        {
            call = Interlocked.Increment(ref _lastCall);
        }
        while (call == 0);
        return call;
    }

    // Sends a call and gives its answer as it came, copied; the answer to a call that nobody waits for any more goes to abandoned.
    private async ValueTask<byte[]> CallAsync(
        FrameWriter frame, FrameKind expected, CancellationToken cancellationToken, Action<byte[]>? abandoned = null, TimeSpan longer = default)
    {
        var answer = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        using (frame)
        {
            var call = CallOf(frame);
            _calls[call] = answer;
            try
            {
                if (_over)
                {
                    throw new StoreUnavailableException($"The link in '{_folder}' is closed.");
                }

                _frames.Send(frame);
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                _calls.TryRemove(call, out _);
                End();
                throw new StoreUnavailableException($"The link in '{_folder}' is closed: {error.Message}", error);
            }
        }

        byte[] body;
        try
        {
            body = await answer.Task.WaitAsync(_callTimeout + longer, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or TimeoutException)
        {
            // The store may do it all the same, and somebody has to undo it.
            _ = AbandonAsync(answer.Task, expected, abandoned);
            throw error is TimeoutException
                ? new StoreUnavailableException($"The store in '{_folder}' did not answer within {(_callTimeout + longer).TotalSeconds:0.###} s.", error)
                : error;
        }

        return Checked(body, expected);
    }

    private static uint CallOf(in FrameWriter frame) => System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(frame.Finish().Span[(Frame.PrefixBytes + 1)..]);

    private static async Task AbandonAsync(Task<byte[]> answer, FrameKind expected, Action<byte[]>? abandoned)
    {
        try
        {
            abandoned?.Invoke(Checked(await answer.ConfigureAwait(false), expected));
        }
        catch (IarnetException)
        {
            // Nothing was done, nothing to undo.
        }
    }

    private static byte[] Checked(byte[] answer, FrameKind expected)
    {
        var body = new FrameReader(answer);
        return body.Kind == expected ? answer
            : body.Kind == FrameKind.Error ? throw LinkError.ToException(body.U16(), body.Text())
            : throw new LinkProtocolException($"The store answered with {body.Kind} where {expected} was expected.");
    }

    private async Task ReadAsync()
    {
        try
        {
            while (true)
            {
                var frame = await _frames.ReceiveAsync().ConfigureAwait(false);
                if (frame.IsEmpty)
                {
                    break;
                }

                var call = new FrameReader(frame.Span).Call;
                if (_calls.TryRemove(call, out var waiting))
                {
                    waiting.TrySetResult(frame.ToArray());
                }
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or LinkProtocolException)
        {
            // Over, whichever way.
        }

        End();
        while (!_calls.IsEmpty)
        {
            foreach (var call in _calls.Keys)
            {
                if (_calls.TryRemove(call, out var waiting))
                {
                    waiting.TrySetException(new StoreUnavailableException($"The link in '{_folder}' was closed before the store answered."));
                }
            }
        }

        if (!_left)
        {
            // Perhaps the store was killed, and nobody else is left to remove its files.
            await StoreFolder.RemoveOfDeadAsync(_folder).ConfigureAwait(false);
        }
    }
}
