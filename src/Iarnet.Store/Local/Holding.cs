namespace Iarnet.Store;

/// <summary>Who has references to one object: nearly every object has one owner, and only the others pay for a table (see <see cref="Extras"/>).</summary>
internal struct Holding
{
    /// <summary>The number of the first owner; meaningful when <see cref="Count"/> is not zero.</summary>
    public int Owner;

    /// <summary>How many references the first owner has.</summary>
    public int Count;
}
