namespace Iarnet.Bus.Components;

/// <summary>Something that ends at a time. It knows its place among the others, so that it can leave them early.</summary>
internal abstract class Deadline
{
    /// <summary>A timestamp of the clock of the flow.</summary>
    public long At { get; set; }

    /// <summary>Where it stands in the heap; -1: in none.</summary>
    public int Place { get; set; } = -1;
}
