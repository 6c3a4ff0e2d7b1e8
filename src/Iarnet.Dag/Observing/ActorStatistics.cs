namespace Iarnet;

/// <summary>What one actor did for a session.</summary>
/// <param name="Actor">Its id.</param>
/// <param name="Group">Its group.</param>
/// <param name="Done">Calls it completed.</param>
/// <param name="Failed">Calls that failed or were cancelled at it.</param>
/// <param name="Lost">Calls that were lost with it.</param>
/// <param name="ComputeTime">The time that functions ran on it.</param>
public sealed record ActorStatistics(string Actor, string Group, long Done, long Failed, long Lost, TimeSpan ComputeTime);
