namespace Iarnet.Bus;

/// <summary>Which of the messages that wait for one peer leaves first. Order holds inside a level.</summary>
public enum BusPriority
{
    /// <summary>The usual level.</summary>
    Normal = 0,

    /// <summary>Leaves before <see cref="Normal"/>.</summary>
    High = 1,

    /// <summary>Leaves before all others.</summary>
    Urgent = 2,
}
