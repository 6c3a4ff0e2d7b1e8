using Microsoft.Extensions.Logging;

namespace Iarnet.Scheduling;

public sealed partial class DomainResourceManager
{
    [LoggerMessage(1, LogLevel.Debug, "Starting with {Count} providers; random seed {Seed}.")]
    private static partial void LogStarting(ILogger logger, int count, int seed);

    [LoggerMessage(2, LogLevel.Critical, "A change to the state of the domain failed: this is a defect.")]
    private static partial void LogLoopFailed(ILogger logger, Exception exception);

    [LoggerMessage(3, LogLevel.Information, "Provider {ProviderId} did not take component {Id}: {Why}")]
    private static partial void LogRefused(ILogger logger, ComponentId id, string providerId, string why);

    [LoggerMessage(4, LogLevel.Warning, "Component {Id} could not be undeployed from provider {ProviderId}; its resources stay reserved. Next attempt in {Delay}.")]
    private static partial void LogRemovalFailed(ILogger logger, ComponentId id, string providerId, TimeSpan delay, Exception exception);

    [LoggerMessage(5, LogLevel.Warning, "The release of component {Id} by provider {ProviderId} takes longer than {Limit}; it goes on in the background.")]
    private static partial void LogReleaseSlow(ILogger logger, ComponentId id, string providerId, TimeSpan limit);

    [LoggerMessage(6, LogLevel.Error, "Component {Id} of provider {ProviderId} is left behind ({State}): it did not end in time.")]
    private static partial void LogLeftBehind(ILogger logger, ComponentId id, string providerId, ComponentState state);
}
