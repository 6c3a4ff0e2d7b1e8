using Microsoft.Extensions.Logging;

namespace Iarnet.Rpc;

internal abstract partial class MethodHandler
{
    [LoggerMessage(1, LogLevel.Error, "The handler of {Method} threw an exception; the client sees UNKNOWN.")]
    private static partial void LogFailed(ILogger log, Exception exception, string method);
}
