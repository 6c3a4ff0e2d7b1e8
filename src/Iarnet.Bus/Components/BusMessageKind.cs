namespace Iarnet.Bus;

/// <summary>What the sender of a message expects.</summary>
public enum BusMessageKind
{
    /// <summary>Nothing.</summary>
    OneWay = 0,

    /// <summary>A reply or a fault that carries the correlation of the message.</summary>
    Request = 1,
}
