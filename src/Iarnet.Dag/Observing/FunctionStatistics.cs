namespace Iarnet;

/// <summary>What became of a session's calls of one function.</summary>
/// <param name="Function">Its name.</param>
/// <param name="Done">Calls with a result.</param>
/// <param name="Failed">Calls that failed, also by their inputs.</param>
/// <param name="Canceled">Calls that were cancelled.</param>
/// <param name="Retries">How often a call was run again.</param>
/// <param name="ComputeTime">The time that the function itself ran, over all calls.</param>
/// <param name="ResultBytes">The size of the results that came from other processes.</param>
public sealed record FunctionStatistics(string Function, long Done, long Failed, long Canceled, long Retries, TimeSpan ComputeTime, long ResultBytes);
