namespace Iarnet.Store.Index;

/// <summary>
/// The word that readers and the store agree through: bits 0 to 23 count leases of the store's process, bits 24 to 31 are the phase, the rest is
/// the generation, which changes whenever the memory behind the record may have become another's.
/// </summary>
internal static class RecordState
{
    public const ulong PinMask = 0xff_ffff;
    public const int MaxPins = 0xff_fffe;

    private const int PhaseShift = 24;
    private const ulong PhaseMask = 0xffUL << PhaseShift;
    private const int GenerationShift = 32;

    public static int Pins(ulong state) => (int)(state & PinMask);

    public static RecordPhase Phase(ulong state) => (RecordPhase)((state & PhaseMask) >> PhaseShift);

    public static uint Generation(ulong state) => (uint)(state >> GenerationShift);

    public static ulong With(ulong state, RecordPhase phase) => (state & ~PhaseMask) | ((ulong)phase << PhaseShift);

    /// <summary>Whether it is an object, wherever its bytes are.</summary>
    public static bool IsThere(RecordPhase phase) => phase is RecordPhase.Live or RecordPhase.Spilled or RecordPhase.Chunks;

    /// <summary>The same with the next generation.</summary>
    public static ulong Next(ulong state) => state + (1UL << GenerationShift);
}
