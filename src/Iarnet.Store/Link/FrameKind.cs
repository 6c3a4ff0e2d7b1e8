namespace Iarnet.Store.Link;

/// <summary>What a frame of the link is: docs/protocol/store-link.md.</summary>
internal enum FrameKind : byte
{
    Hello = 1,
    Create = 2,
    Seal = 3,
    Abort = 4,
    Lease = 5,
    Unlease = 6,
    Release = 7,
    Put = 8,
    Drain = 9,
    Credit = 10,
    Welcome = 129,
    Created = 130,
    Sealed = 131,
    Done = 132,
    Leased = 133,
    Error = 255,
}
