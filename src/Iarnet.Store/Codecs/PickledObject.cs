namespace Iarnet.Store;

/// <summary>
/// A Python pickle. .NET carries it and never looks inside: ask for this type to hand a Python value from one Python function to another.
/// </summary>
/// <param name="Bytes">The pickle; whoever holds it must not change it.</param>
public readonly record struct PickledObject(ReadOnlyMemory<byte> Bytes);
