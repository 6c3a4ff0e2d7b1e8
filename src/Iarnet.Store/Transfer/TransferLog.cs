using Microsoft.Extensions.Logging;

namespace Iarnet.Store.Transfer;

internal static partial class TransferLog
{
    [LoggerMessage(3201, LogLevel.Warning, "Accepting on {Endpoint} failed")]
    public static partial void AcceptFailed(this ILogger logger, Exception error, string endpoint);

    [LoggerMessage(3202, LogLevel.Warning, "Refused {Peer}: {Reason}")]
    public static partial void PeerRefused(this ILogger logger, string peer, string reason);

    [LoggerMessage(3203, LogLevel.Debug, "{Peer} left: {Reason}")]
    public static partial void PeerLeft(this ILogger logger, string peer, string reason);

    [LoggerMessage(3204, LogLevel.Error, "Serving {Peer} failed")]
    public static partial void ServingFailed(this ILogger logger, Exception error, string peer);

    [LoggerMessage(3205, LogLevel.Warning, "{Connections} connections did not end in time")]
    public static partial void ClosingTookTooLong(this ILogger logger, int connections);

    [LoggerMessage(3206, LogLevel.Information, "Reading {Reference} from {Holder} failed, trying elsewhere: {Reason}")]
    public static partial void HolderFailed(this ILogger logger, string reference, string holder, string reason);

    [LoggerMessage(3207, LogLevel.Warning, "A chunk of {Reference} at {Offset} from {Holder} arrived damaged")]
    public static partial void ChunkDamaged(this ILogger logger, string reference, long offset, string holder);
}
