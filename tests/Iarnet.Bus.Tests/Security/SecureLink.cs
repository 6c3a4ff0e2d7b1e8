using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Iarnet.Bus.Connections;
using Iarnet.Bus.Security;
using Iarnet.Bus.Wire;

namespace Iarnet.Bus.Tests.Security;

/// <summary>One connection with nothing but a socket under the mechanism: what it says to a foreign peer is what the mechanism says.</summary>
internal sealed class SecureLink(Socket socket, Mechanism mechanism) : IDisposable
{
    public Mechanism Mechanism => mechanism;

    public static async Task<SecureLink> ConnectAsync(string endpoint, BusSecurity security)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPEndPoint.Parse(endpoint["tcp://".Length..])).Within("connecting " + endpoint);
        return new SecureLink(socket, security.Create(Handshakes.Block("DEALER", "ours"u8)));
    }

    public static async Task<SecureLink> AcceptAsync(Socket listener, BusSecurity security) =>
        new(await listener.AcceptAsync().Within("a connection of the peer"), security.Create(Handshakes.Block("ROUTER", default)));

    public async Task ShakeHandsAsync(IAuthenticator? authenticator = null)
    {
        var output = new ArrayBufferWriter<byte>();
        MechanismGreeting.Write(output.GetSpan(ZmtpGreeting.Size), mechanism);
        output.Advance(ZmtpGreeting.Size);
        await FlushAsync(output);
        if (MechanismGreeting.Judge(await ReadAsync(ZmtpGreeting.Size), mechanism) is { } problem)
        {
            throw new ProtocolException(problem);
        }

        mechanism.Start(output);
        await FlushAsync(output);
        for (var state = HandshakeState.Continue; state != HandshakeState.Ready;)
        {
            var (flags, body) = await ReadFrameAsync();
            Assert.Equal(ZmtpFrames.Command, flags);
            state = mechanism.Receive(body, output);
            if (state == HandshakeState.Authenticate)
            {
                state = await DecideAsync(authenticator, output);
            }

            await FlushAsync(output);
        }
    }

    public async Task SendAsync(params byte[][] frames)
    {
        for (var i = 0; i < frames.Length; i++)
        {
            var more = i < frames.Length - 1;
            await WriteAsync(frames[i], more ? ZmtpFrames.More : (byte)0, more ? Mechanism.SealedMore : (byte)0);
        }
    }

    public async Task<byte[][]> ReceiveAsync()
    {
        List<byte[]> frames = [];
        while (true)
        {
            var (body, more, command) = await ReadOpenedAsync();
            if (command)
            {
                await AnswerPingAsync(body);
                continue;
            }

            frames.Add(body);
            if (!more)
            {
                return [.. frames];
            }
        }
    }

    /// <summary>Answers the peer's PINGs and says nothing else.</summary>
    public async Task AnswerPingsAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var (body, _, command) = await ReadOpenedAsync();
            Assert.True(command);
            await AnswerPingAsync(body);
        }
    }

    public void Dispose()
    {
        socket.Dispose();
        mechanism.Dispose();
    }

    private async Task<(byte[] Body, bool More, bool Command)> ReadOpenedAsync()
    {
        var (flags, body) = await ReadFrameAsync();
        if (!mechanism.Seals)
        {
            return (body, (flags & ZmtpFrames.More) != 0, (flags & ZmtpFrames.Command) != 0);
        }

        // libzmq sends MESSAGE as a plain frame, where RFC 26 has a command.
        Assert.Equal(0, flags);
        var text = new byte[body.Length];
        text = text[..mechanism.Open(body, text, out var inner)];
        return (text, (inner & Mechanism.SealedMore) != 0, (inner & Mechanism.SealedCommand) != 0);
    }

    private async Task AnswerPingAsync(byte[] command)
    {
        Assert.True(ZmtpHeartbeat.TryReadPing(command, out _, out var context));
        var pong = new byte[ZmtpHeartbeat.MaxFrame];
        var length = ZmtpHeartbeat.WritePong(pong, context);
        await WriteAsync(pong[ZmtpFrames.ShortHeader..length], ZmtpFrames.Command, Mechanism.SealedCommand);
    }

    private async Task WriteAsync(byte[] body, byte flags, byte sealedFlags)
    {
        byte[] frame;
        if (mechanism.Seals)
        {
            frame = new byte[mechanism.SealedSize(body.Length)];
            Assert.Equal(frame.Length, mechanism.Seal(sealedFlags, body, frame));
        }
        else
        {
            frame = new byte[ZmtpFrames.HeaderSize(body.Length) + body.Length];
            body.CopyTo(frame, ZmtpFrames.WriteHeader(frame, flags, body.Length));
        }

        await SendAllAsync(frame);
    }

    private async Task<HandshakeState> DecideAsync(IAuthenticator? authenticator, ArrayBufferWriter<byte> output)
    {
        var credentials = mechanism.Credentials!;
        var request = new AuthenticationRequest
        {
            Mechanism = credentials.Mechanism,
            UserName = credentials.UserName,
            Password = credentials.Password,
            PublicKey = credentials.PublicKey,
        };
        var result = await authenticator!.AuthenticateAsync(request, default);
        if (result.Accepted)
        {
            credentials.UserId = result.UserId;
            return mechanism.Accept(output);
        }

        mechanism.Deny(output);
        await FlushAsync(output);
        socket.Shutdown(SocketShutdown.Send);
        throw new ProtocolException(result.Reason);
    }

    private async Task FlushAsync(ArrayBufferWriter<byte> output)
    {
        await SendAllAsync(output.WrittenMemory);
        output.ResetWrittenCount();
    }

    private async Task SendAllAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes).Within("sending")..];
        }
    }

    private async Task<(byte Flags, byte[] Body)> ReadFrameAsync()
    {
        var flags = (await ReadAsync(1))[0];
        var length = (flags & ZmtpFrames.Long) == 0 ? (await ReadAsync(1))[0] : (int)BinaryPrimitives.ReadInt64BigEndian(await ReadAsync(8));
        return ((byte)(flags & ~ZmtpFrames.Long), await ReadAsync(length));
    }

    private async Task<byte[]> ReadAsync(int count)
    {
        var bytes = new byte[count];
        for (var at = 0; at < count;)
        {
            var read = await socket.ReceiveAsync(bytes.AsMemory(at)).Within($"{count} bytes, {at} have come");
            at += read > 0 ? read : throw new EndOfStreamException($"The peer closed after {at} of {count} bytes.");
        }

        return bytes;
    }
}
