using Microsoft.Extensions.Logging;

namespace Iarnet.Store;

internal static partial class ObjectStoreLog
{
    [LoggerMessage(3001, LogLevel.Warning, "The session of {Owner} is broken and is ended")]
    public static partial void SessionBroken(this ILogger logger, Exception error, string owner);

    [LoggerMessage(3002, LogLevel.Warning, "The link of {Owner} broke the rules and is closed")]
    public static partial void LinkBroken(this ILogger logger, Exception error, string owner);

    [LoggerMessage(3003, LogLevel.Warning, "A link was refused: {Count} processes are connected")]
    public static partial void LinkRefused(this ILogger logger, int count);

    [LoggerMessage(3005, LogLevel.Error, "Objects could not be written to disk; they stay in memory")]
    public static partial void SpillFailed(this ILogger logger, Exception error);

    [LoggerMessage(3004, LogLevel.Error, "A call of {Owner} over its link failed")]
    public static partial void LinkCallFailed(this ILogger logger, Exception error, string owner);
}
