using Microsoft.Extensions.Logging;

namespace Iarnet;

public sealed partial class DagEngine
{
    internal void LogCallsLeft(string session, TimeSpan limit) => LogCallsLeft(_logger, session, limit);

    internal void LogGroupStarted(string group, string language) => LogGroupStarted(_logger, group, language);

    internal void LogGroupFailed(string group, Exception reason) => LogGroupFailed(_logger, reason, group);

    internal void LogActorLost(string actor, string group, Exception reason) => LogActorLost(_logger, reason, actor, group);

    internal void LogActorFault(string actor, string what, Exception? exception) => LogActorFault(_logger, exception, actor, what);

    [LoggerMessage(EventId = 4002, Level = LogLevel.Debug, Message = "DAG engine created; the seed of its random choices is {Seed}.")]
    private static partial void LogCreated(ILogger logger, int seed);

    [LoggerMessage(EventId = 4003, Level = LogLevel.Warning, Message = "Session '{Session}' was closed while calls still ran {Limit} after they were cancelled.")]
    private static partial void LogCallsLeft(ILogger logger, string session, TimeSpan limit);

    [LoggerMessage(EventId = 4004, Level = LogLevel.Warning, Message = "Actor groups had not ended {Limit} after they were told to.")]
    private static partial void LogGroupsLeft(ILogger logger, TimeSpan limit);

    [LoggerMessage(EventId = 4005, Level = LogLevel.Warning, Message = "An actor group did not end properly.")]
    private static partial void LogGroupStopFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 4006, Level = LogLevel.Debug, Message = "Actor group '{Group}' ({Language}) starts.")]
    private static partial void LogGroupStarted(ILogger logger, string group, string language);

    [LoggerMessage(EventId = 4007, Level = LogLevel.Error, Message = "Actor group '{Group}' can have no actor: calls that wait for it fail.")]
    private static partial void LogGroupFailed(ILogger logger, Exception reason, string group);

    [LoggerMessage(EventId = 4008, Level = LogLevel.Warning, Message = "Actor '{Actor}' of group '{Group}' was lost.")]
    private static partial void LogActorLost(ILogger logger, Exception reason, string actor, string group);

    [LoggerMessage(EventId = 4010, Level = LogLevel.Error, Message = "Object {Object} could not be released.")]
    private static partial void LogReleaseFailed(ILogger logger, Exception exception, string @object);

    [LoggerMessage(EventId = 4009, Level = LogLevel.Error, Message = "Actor '{Actor}' broke its contract: {What}")]
    private static partial void LogActorFault(ILogger logger, Exception? exception, string actor, string what);
}
