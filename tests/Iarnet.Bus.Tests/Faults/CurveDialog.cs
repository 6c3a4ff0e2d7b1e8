using System.Buffers;
using Iarnet.Bus.Security;
using Iarnet.Bus.Tests.Security;
using Iarnet.Bus.Wire;

namespace Iarnet.Bus.Tests.Faults;

/// <summary>A client of CURVE, which must hear before it can speak: whatever it says may be spoiled on its way.</summary>
internal sealed class CurveDialog(Mechanism client, FedLink link) : IDisposable
{
    /// <summary>Greeting, HELLO, INITIATE.</summary>
    public const int Steps = 3;

    private int _heard;

    public FedLink Link => link;

    /// <summary>Whether the server is through with it.</summary>
    public bool Shake(int spoilAt, Func<byte[], byte[]>? spoil)
    {
        var greeting = new byte[ZmtpGreeting.Size];
        MechanismGreeting.Write(greeting, client);
        var output = new ArrayBufferWriter<byte>();
        client.Start(output);
        if (!Say(0, greeting) || !Say(1, output.WrittenSpan.ToArray()) || Hear() is not { } welcome)
        {
            return false;
        }

        var initiate = new ArrayBufferWriter<byte>();
        client.Receive(welcome, initiate);
        return Say(2, initiate.WrittenSpan.ToArray()) && Hear() is { } ready && Handshakes.Take(client, ready) == HandshakeState.Ready;

        // A server that was told nonsense has nothing to say that is worth hearing.
        bool Say(int step, byte[] bytes)
        {
            var said = step == spoilAt ? spoil!(bytes) : bytes;
            link.Feed(said, 0, said.Length);
            return !link.IsClosed && (step != spoilAt || said.AsSpan().SequenceEqual(bytes));
        }
    }

    public byte[] Seal(byte[] body, bool more = false)
    {
        var frame = new byte[client.SealedSize(body.Length)];
        return frame[..client.Seal(more ? Mechanism.SealedMore : (byte)0, body, frame)];
    }

    public void Dispose() => client.Dispose();

    /// <summary>The next command of the server; null when there is none.</summary>
    private byte[]? Hear()
    {
        _heard = Math.Max(_heard, ZmtpGreeting.Size);
        var sent = link.Sent!.WrittenSpan;
        var header = sent.Length <= _heard ? 0 : ZmtpFrames.ReadHeader(sent[_heard..], out _, out _);
        if (header == 0)
        {
            return null;
        }

        ZmtpFrames.ReadHeader(sent[_heard..], out _, out var length);
        var command = sent.Slice(_heard + header, (int)length).ToArray();
        _heard += header + (int)length;
        return command;
    }
}
