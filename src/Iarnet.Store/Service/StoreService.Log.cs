using Microsoft.Extensions.Logging;

namespace Iarnet.Store.Service;

internal static partial class StoreServiceLog
{
    [LoggerMessage(3101, LogLevel.Error, "The store failed in {Method}")]
    public static partial void CallFailed(this ILogger logger, Exception error, string method);
}
