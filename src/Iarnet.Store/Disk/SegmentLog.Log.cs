using Microsoft.Extensions.Logging;

namespace Iarnet.Store.Disk;

internal sealed partial class SegmentLog
{
    private static partial class Logged
    {
        [LoggerMessage(3021, LogLevel.Warning, "Segment {Segment} could not be deleted; its space stays taken until the folder is opened again")]
        public static partial void SegmentNotDeleted(ILogger logger, Exception error, string segment);

        [LoggerMessage(3022, LogLevel.Warning, "Folder {Folder} could not be removed")]
        public static partial void FolderNotRemoved(ILogger logger, Exception error, string folder);

        [LoggerMessage(3023, LogLevel.Warning, "Segment {Segment}: {Bytes} bytes at {Offset} are not a whole record and are skipped ({Reason})")]
        public static partial void Skipped(ILogger logger, string segment, long offset, long bytes, string reason);

        [LoggerMessage(3024, LogLevel.Error, "Segment {Segment} could not be read and its objects are not there; the file is left as it is")]
        public static partial void SegmentNotRead(ILogger logger, Exception error, string segment);

        [LoggerMessage(3025, LogLevel.Error, "Segment {Segment}: no record can be read; the file is kept as {Kept}")]
        public static partial void SegmentSetAside(ILogger logger, string segment, string kept);

        [LoggerMessage(3026, LogLevel.Information, "Folder {Folder}: {Objects} objects of {Bytes} bytes recovered from {Segments} segments")]
        public static partial void Recovered(ILogger logger, string folder, int objects, long bytes, int segments);

        [LoggerMessage(3027, LogLevel.Error, "Segment {Segment} could not be written")]
        public static partial void WriteFailed(ILogger logger, Exception error, string segment);

        [LoggerMessage(3028, LogLevel.Error, "Segment {Segment} could not be cut back to {Length} bytes after a failed write; it takes no more")]
        public static partial void RollbackFailed(ILogger logger, Exception error, string segment, long length);

        [LoggerMessage(3029, LogLevel.Warning, "{Count} objects that were freed could not be marked so on disk yet; tried again with the next write")]
        public static partial void TombstonesWait(ILogger logger, Exception error, int count);

        [LoggerMessage(3030, LogLevel.Error, "Segment {Segment} could not be compacted and keeps its space until it is empty")]
        public static partial void CompactionFailed(ILogger logger, Exception error, string segment);
    }
}
