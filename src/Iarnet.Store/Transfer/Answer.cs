namespace Iarnet.Store.Transfer;

/// <summary>What a server says to a request.</summary>
internal static class Answer
{
    /// <summary>The header of the answer to a call, of the kind that is expected.</summary>
    /// <exception cref="TransferRefusedException">It is an ERROR.</exception>
    public static async ValueTask<FrameHeader> HeaderAsync(TransferConnection connection, uint call, FrameKind expected)
    {
        if (await connection.ReceiveHeaderAsync().ConfigureAwait(false) is not { } header)
        {
            throw new TransferBrokenException($"{connection.Peer} closed the connection.");
        }

        if (header.Kind == FrameKind.Error)
        {
            var body = await connection.ReceiveBodyAsync(header, TransferLimits.AnswerBytes).ConfigureAwait(false);
            throw Refusal(connection, body.Span);
        }

        return header.Kind == expected && header.Call == call
            ? header
            : throw new TransferProtocolException($"{connection.Peer} answered call {call} with a frame of kind {(byte)header.Kind} for call {header.Call}: expected kind {(byte)expected}.");
    }

    public static async ValueTask<(FrameHeader Header, ReadOnlyMemory<byte> Body)> ReceiveAsync(TransferConnection connection, uint call, FrameKind expected)
    {
        var header = await HeaderAsync(connection, call, expected).ConfigureAwait(false);
        return (header, await connection.ReceiveBodyAsync(header, TransferLimits.AnswerBytes).ConfigureAwait(false));
    }

    private static TransferRefusedException Refusal(TransferConnection connection, ReadOnlySpan<byte> bytes)
    {
        var body = new BodyReader(bytes);
        var code = (TransferErrorCode)body.UInt16();
        return new TransferRefusedException(code, $"{connection.Peer} refused ({code}): {body.Text(4096)}");
    }
}
