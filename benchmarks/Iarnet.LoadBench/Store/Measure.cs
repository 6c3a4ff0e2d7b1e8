namespace Iarnet.LoadBench.Store;

/// <summary>Does the work of a contest once and says its figure.</summary>
internal delegate Task<double> Measure();
