namespace Iarnet.Providers;

/// <summary>What a component has used, its child processes included where the back end can see them.</summary>
/// <param name="CpuTime">Processor time since its start. The difference of two samples over the time between them is its load in cores.</param>
/// <param name="MemoryBytes">Memory that it holds now, in bytes.</param>
/// <param name="Processes">How many processes it is made of now; 0 when it is none of its own.</param>
public sealed record ComponentUsage(TimeSpan CpuTime, long MemoryBytes, int Processes);
