using Microsoft.Extensions.Logging;

namespace Iarnet.Providers;

internal sealed partial class HostedProcess
{
    [LoggerMessage(1, LogLevel.Information, "{Id}: {Line}")]
    private static partial void LogLine(ILogger logger, ComponentId id, string line);

    [LoggerMessage(2, LogLevel.Warning, "The receiver of the output of component {Id} failed; the line is passed over.")]
    private static partial void LogSinkFailed(ILogger logger, ComponentId id, Exception exception);

    [LoggerMessage(3, LogLevel.Debug, "Killing the tree of component {Id} (process {ProcessId}) was not complete; it may have ended by itself.")]
    private static partial void LogKillFailed(ILogger logger, ComponentId id, int processId, Exception exception);
}
