namespace Iarnet.Objects;

/// <summary>Names an object anywhere: which one, and which node's store holds it.</summary>
/// <param name="Id">Which object.</param>
/// <param name="Source">The node whose store holds it: the text of its <see cref="NodeId"/>.</param>
public readonly record struct ObjectRef(ObjectId Id, string Source)
{
    /// <summary>"id@source".</summary>
    public override string ToString() => $"{Id}@{Source}";
}
