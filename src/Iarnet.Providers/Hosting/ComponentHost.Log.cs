using Microsoft.Extensions.Logging;

namespace Iarnet.Providers;

internal sealed partial class ComponentHost
{
    [LoggerMessage(1, LogLevel.Debug, "Component {Id} started: runtime {Runtime}, process {ProcessId}.")]
    private static partial void LogStarted(ILogger logger, ComponentId id, string runtime, int? processId);

    [LoggerMessage(EventId = 2, Message = "Component {Id} ended: {Exit}")]
    private static partial void LogEnded(ILogger logger, LogLevel level, ComponentId id, ComponentExit exit);

    [LoggerMessage(3, LogLevel.Error, "Provider {ProviderId} leaves components behind.")]
    private static partial void LogLeftBehind(ILogger logger, string providerId, Exception exception);
}
