using System.Buffers;
using System.Reflection;
using Iarnet.Bus.Security;
using Iarnet.Bus.Wire;

namespace Iarnet.Bus.Tests.Security;

/// <summary>Two ends of a handshake, in memory.</summary>
internal static class Handshakes
{
    public static readonly byte[] ClientBlock = Block("DEALER", "client-1"u8);
    public static readonly byte[] ServerBlock = Block("ROUTER", ""u8);

    /// <summary>The metadata block of a socket.</summary>
    public static byte[] Block(string socketType, ReadOnlySpan<byte> identity) =>
        ZmtpMetadata.Write(socketType, identity, new Dictionary<string, string>());

    /// <summary>The body of the one command that a mechanism says.</summary>
    public static byte[] Said(Action<IBufferWriter<byte>> by)
    {
        var output = new ArrayBufferWriter<byte>();
        by(output);
        var header = ZmtpFrames.ReadHeader(output.WrittenSpan, out var flags, out var length);
        Assert.Equal(ZmtpFrames.Command, flags & ~ZmtpFrames.Long);
        Assert.Equal(output.WrittenCount - header, (int)length);
        return output.WrittenSpan[header..].ToArray();
    }

    /// <summary>What a mechanism answers to a command, which must bring it into a state.</summary>
    public static byte[] Answer(Mechanism mechanism, byte[] command, HandshakeState state) =>
        Said(output => Assert.Equal(state, mechanism.Receive(command, output)));

    /// <summary>Takes a command that is not answered.</summary>
    public static HandshakeState Take(Mechanism mechanism, ReadOnlySpan<byte> command)
    {
        var output = new ArrayBufferWriter<byte>();
        return mechanism.Receive(command, output);
    }

    public static (Mechanism Client, Mechanism Server) Curve(CurveKeyPair client, CurveKeyPair server) =>
        Shaken(BusSecurity.CurveClient(client, server.PublicKey), BusSecurity.CurveServer(server));

    /// <summary>Both ends of a whole handshake.</summary>
    public static (Mechanism Client, Mechanism Server) Shaken(BusSecurity clientSide, BusSecurity serverSide)
    {
        var client = clientSide.Create(ClientBlock);
        var server = serverSide.Create(ServerBlock);
        Assert.Equal(HandshakeState.Ready, Shake(client, server));
        Assert.Equal(ServerBlock, client.PeerMetadata.ToArray());
        Assert.Equal(ClientBlock, server.PeerMetadata.ToArray());
        return (client, server);
    }

    /// <summary>Carries commands to and fro until neither end says more. The state of the client.</summary>
    public static HandshakeState Shake(Mechanism client, Mechanism server, bool accept = true)
    {
        var toServer = new ArrayBufferWriter<byte>();
        var toClient = new ArrayBufferWriter<byte>();
        client.Start(toServer);
        server.Start(toClient);
        var clientState = HandshakeState.Continue;
        while (toServer.WrittenCount + toClient.WrittenCount > 0)
        {
            var command = TakeAll(ref toServer);
            if (command.Length > 0 && server.Receive(command, toClient) == HandshakeState.Authenticate)
            {
                if (accept)
                {
                    server.Accept(toClient);
                }
                else
                {
                    server.Deny(toClient);
                }
            }

            command = TakeAll(ref toClient);
            clientState = command.Length > 0 ? client.Receive(command, toServer) : clientState;
        }

        return clientState;
    }

    /// <summary>A second mechanism in the same state, which shares nothing that changes: so that a thousand wrong commands can be tried from there.</summary>
    public static T Copy<T>(T mechanism)
        where T : Mechanism
    {
        var copy = (T)typeof(object).GetMethod("MemberwiseClone", BindingFlags.Instance | BindingFlags.NonPublic)!.Invoke(mechanism, null)!;
        for (var type = mechanism.GetType(); type != typeof(object); type = type!.BaseType)
        {
            foreach (var field in type!.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                if (field.GetValue(copy) is byte[] bytes)
                {
                    field.SetValue(copy, bytes.Clone());
                }
            }
        }

        return copy;
    }

    private static byte[] TakeAll(ref ArrayBufferWriter<byte> from)
    {
        var all = from;
        var said = all.WrittenCount == 0 ? [] : Said(output => output.Write(all.WrittenSpan));
        from = new ArrayBufferWriter<byte>();
        return said;
    }
}
