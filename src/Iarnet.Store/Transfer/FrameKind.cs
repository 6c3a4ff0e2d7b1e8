namespace Iarnet.Store.Transfer;

/// <summary>What a frame is.</summary>
internal enum FrameKind : byte
{
    Hello = 1,
    Locate = 2,
    Read = 3,
    Done = 4,
    Welcome = 129,
    Located = 130,
    Data = 131,
    Error = 255,
}
