using Microsoft.Extensions.Logging;

namespace Iarnet.Store.Memory;

internal static partial class BlockAllocatorLog
{
    [LoggerMessage(3001, LogLevel.Warning, "Segment {Segment} could not be deleted; its space stays taken until the folder is removed")]
    public static partial void SegmentNotDeleted(this ILogger logger, Exception error, string segment);
}
