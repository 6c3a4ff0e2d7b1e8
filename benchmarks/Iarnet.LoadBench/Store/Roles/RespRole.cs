using System.Globalization;
using System.Net.Sockets;

namespace Iarnet.LoadBench.Store.Roles;

/// <summary>A lean client of Redis on a Unix socket: one command in flight, calls that block, nothing allocated.</summary>
internal sealed class RespRole(string path) : IRole
{
    private const int Digits = 12;
    private const int Window = 64;
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly byte[] _received = new byte[128 * 1024];
    private readonly Random _random = new(1);

    public Task<string> StartAsync()
    {
        _socket.Connect(new UnixDomainSocketEndPoint(path));
        return Task.FromResult("");
    }

    public Task<double> DoAsync(string verb, Words words) => verb switch
    {
        "fill" => Task.FromResult(Fill(words.Number(), words.Number())),
        "set" => FastestAsync(Set, words),
        "get" => FastestAsync(Get, words),
        "empty" => Task.FromResult((double)Ask("*1\r\n$8\r\nFLUSHALL\r\n"u8, Digits).Length),
        "memory" => Task.FromResult(UsedMemory()),
        _ => throw new ArgumentException($"'{verb}' is no command"),
    };

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Puts objects under the names that redis-benchmark uses, and says what memory Redis then uses.</summary>
    private double Fill(int size, int keys)
    {
        var (request, key) = Request(size);
        var answers = new byte[Window * 5];
        for (var i = 0; i < keys; i++)
        {
            i.TryFormat(request.AsSpan(key, Digits), out _, "D12", CultureInfo.InvariantCulture);
            _socket.SendAll(request);
            if (i % Window == Window - 1 || i == keys - 1)
            {
                _socket.ReceiveAll(answers.AsSpan(0, ((i % Window) + 1) * 5));
            }
        }

        return UsedMemory();
    }

    private static Task<double> FastestAsync(Func<int, int, int, double> run, Words words)
    {
        var (size, keys) = (words.Number(), words.Number());
        return Slices.FastestAsync(words.Number(), count => Task.FromResult(run(size, keys, count)));
    }

    private double Set(int size, int keys, int count)
    {
        var (request, key) = Request(size);
        var lap = new Lap();
        lap.Start();
        for (var i = 0; i < count; i++)
        {
            _random.Next(keys).TryFormat(request.AsSpan(key, Digits), out _, "D12", CultureInfo.InvariantCulture);
            Stored(request);
        }

        lap.Stop();
        return count / lap.Seconds;
    }

    private double Get(int size, int keys, int count)
    {
        var request = "*2\r\n$3\r\nGET\r\n$16\r\nkey:000000000000\r\n"u8.ToArray();
        var header = System.Text.Encoding.ASCII.GetBytes($"${size}\r\n");
        var key = request.Length - 2 - Digits;
        var sum = 0;
        var lap = new Lap();
        lap.Start();
        for (var i = 0; i < count; i++)
        {
            _random.Next(keys).TryFormat(request.AsSpan(key, Digits), out _, "D12", CultureInfo.InvariantCulture);
            var answer = Ask(request, header.Length + size + 2);
            if (!answer.StartsWith(header))
            {
                throw new InvalidDataException("an object is missing or has another size");
            }

            sum += answer[header.Length];
        }

        lap.Stop();
        GC.KeepAlive(sum);
        return count / lap.Seconds;
    }

    private double UsedMemory()
    {
        const string Name = "used_memory:";
        var answer = System.Text.Encoding.ASCII.GetString(Ask("*2\r\n$4\r\nINFO\r\n$6\r\nmemory\r\n"u8, 512));
        var line = answer.Split("\r\n").First(line => line.StartsWith(Name, StringComparison.Ordinal));
        return double.Parse(line.AsSpan(Name.Length), CultureInfo.InvariantCulture);
    }

    private static (byte[] Request, int Key) Request(int size)
    {
        byte[] head = [.. "*3\r\n$3\r\nSET\r\n$16\r\nkey:000000000000\r\n"u8];
        byte[] request = [.. head, .. System.Text.Encoding.ASCII.GetBytes($"${size}\r\n"), .. Enumerable.Repeat((byte)'x', size), .. "\r\n"u8];
        return (request, head.Length - 2 - Digits);
    }

    private void Stored(ReadOnlySpan<byte> request)
    {
        if (!Ask(request, 5).SequenceEqual("+OK\r\n"u8))
        {
            throw new InvalidDataException("Redis did not store an object");
        }
    }

    /// <summary>Sends a command and takes the answer: at least so many bytes, unless it is shorter and ends a line.</summary>
    private ReadOnlySpan<byte> Ask(ReadOnlySpan<byte> request, int bytes)
    {
        _socket.SendAll(request);
        var have = 0;
        while (have < bytes)
        {
            var received = _socket.Receive(_received.AsSpan(have));
            have += received > 0 ? received : throw new EndOfStreamException("Redis closed the connection");
            if (_received[0] is (byte)'+' or (byte)'-' && _received[have - 1] == (byte)'\n')
            {
                break;
            }
        }

        return _received.AsSpan(0, have);
    }
}
