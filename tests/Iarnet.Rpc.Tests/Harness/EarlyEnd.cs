using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Iarnet.Rpc.Harness;

/// <summary>
/// A bare HTTP/2 server that ends the first call with RESOURCE_EXHAUSTED as soon as its headers are there, takes nothing of its body until it is told to,
/// and neither resets the stream nor gives more room than <see cref="Window"/>.
/// </summary>
internal sealed class EarlyEnd : IAsyncDisposable
{
    /// <summary>More than the sockets hold, so that a write of it waits for the server.</summary>
    public const int Window = 32 << 20;

    // RFC 9113 section 6: frame types and flags; section 3.4: the length of the preface.
    private const int HeadersFrame = 0x1;
    private const int SettingsFrame = 0x4;
    private const int WindowUpdateFrame = 0x8;
    private const int EndStreamAndHeaders = 0x5;
    private const int Ack = 0x1;
    private const int InitialWindowSetting = 0x4;
    private const int PrefaceLength = 24;

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly TaskCompletionSource _readOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    public EarlyEnd()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _serving = ServeAsync();
    }

    public string Address => $"http://{_listener.LocalEndPoint}";

    /// <summary>From now on takes what the client sends, and forgets it.</summary>
    public void ReadOn() => _readOn.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _listener.Dispose();
        _stop.Dispose();
    }

    private static byte[] Frame(int type, int flags, int stream, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, (payload.Length << 8) | type);
        frame[4] = (byte)flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame.AsSpan(9));
        return frame;
    }

    private static byte[] Status()
    {
        // RFC 7541: ":status 200" is entry 8 of the static table; the others are literals with a new name.
        var block = new List<byte> { 0x88 };
        foreach (var text in new[] { ("content-type", "application/grpc"), ("grpc-status", "8") })
        {
            block.AddRange([0, (byte)text.Item1.Length, .. System.Text.Encoding.ASCII.GetBytes(text.Item1)]);
            block.AddRange([(byte)text.Item2.Length, .. System.Text.Encoding.ASCII.GetBytes(text.Item2)]);
        }

        return [.. block];
    }

    private async Task ServeAsync()
    {
        using var socket = await _listener.AcceptAsync(_stop.Token);
        await using var stream = new NetworkStream(socket);
        var window = new byte[6];
        window[1] = InitialWindowSetting;
        BinaryPrimitives.WriteInt32BigEndian(window.AsSpan(2), Window);
        await stream.WriteAsync(Frame(SettingsFrame, 0, 0, window), _stop.Token);
        await stream.WriteAsync(Frame(WindowUpdateFrame, 0, 0, window.AsSpan(2)), _stop.Token);

        var buffer = new byte[64 << 10];
        await stream.ReadExactlyAsync(buffer.AsMemory(0, PrefaceLength), _stop.Token);
        while (true)
        {
            await stream.ReadExactlyAsync(buffer.AsMemory(0, 9), _stop.Token);
            var (type, flags) = (buffer[3], buffer[4]);
            var id = BinaryPrimitives.ReadInt32BigEndian(buffer.AsSpan(5));
            await stream.ReadExactlyAsync(buffer.AsMemory(0, BinaryPrimitives.ReadInt32BigEndian(buffer) >> 8), _stop.Token);
            if (type == SettingsFrame && (flags & Ack) == 0)
            {
                await stream.WriteAsync(Frame(SettingsFrame, Ack, 0, []), _stop.Token);
            }
            else if (type == HeadersFrame)
            {
                await stream.WriteAsync(Frame(HeadersFrame, EndStreamAndHeaders, id, Status()), _stop.Token);
                await _readOn.Task.WaitAsync(_stop.Token);
            }
        }
    }
}
