using System.Buffers;
using Iarnet.Bus.Security;
using Iarnet.Bus.Wire;

namespace Iarnet.MicroBenchmarks;

/// <summary>Carries the commands of a handshake to and fro until neither end says more.</summary>
internal static class Handshake
{
    public static bool Run(Mechanism client, Mechanism server, ArrayBufferWriter<byte> toClient, ArrayBufferWriter<byte> toServer)
    {
        client.Start(toServer);
        server.Start(toClient);
        var (clientState, serverState) = (HandshakeState.Continue, HandshakeState.Continue);
        while (toServer.WrittenCount + toClient.WrittenCount > 0)
        {
            Carry(server, toServer, toClient, ref serverState);
            Carry(client, toClient, toServer, ref clientState);
        }

        return clientState == HandshakeState.Ready && serverState == HandshakeState.Ready;
    }

    private static void Carry(Mechanism to, ArrayBufferWriter<byte> said, ArrayBufferWriter<byte> answer, ref HandshakeState state)
    {
        if (said.WrittenCount == 0)
        {
            return;
        }

        var header = ZmtpFrames.ReadHeader(said.WrittenSpan, out _, out _);
        state = to.Receive(said.WrittenSpan[header..], answer);
        said.ResetWrittenCount();
        if (state == HandshakeState.Authenticate)
        {
            state = to.Accept(answer);
        }
    }
}
