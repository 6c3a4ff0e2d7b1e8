using Microsoft.Extensions.Logging;

namespace Iarnet.Store.Client;

internal static partial class StoreClientLog
{
    [LoggerMessage(3201, LogLevel.Warning, "The store's memory in {Folder} cannot be used; bytes travel in chunks")]
    public static partial void NotShared(this ILogger logger, Exception error, string folder);

    [LoggerMessage(3202, LogLevel.Warning, "{Count} leases or references could not be given back; the store takes them back with their owner")]
    public static partial void NotGivenBack(this ILogger logger, Exception error, int count);

    [LoggerMessage(3203, LogLevel.Warning, "The store was not told that the stream {Stream} is given up; it gives it up after the writer's grace")]
    public static partial void NotAbandoned(this ILogger logger, Exception error, Iarnet.Objects.ObjectId stream);
}
