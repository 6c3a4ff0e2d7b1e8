namespace Iarnet.Store.Index;

/// <summary>Where an object is in its life.</summary>
internal enum RecordPhase
{
    /// <summary>The record is nobody's.</summary>
    Free = 0,

    /// <summary>The bytes are in the pool and may be leased.</summary>
    Live = 1,

    /// <summary>Gone for everybody but those who have it leased.</summary>
    Dying = 2,

    /// <summary>The bytes are on disk only.</summary>
    Spilled = 3,

    /// <summary>A stream: its bytes are in chunks, which are objects of their own.</summary>
    Chunks = 4,
}
