using BenchmarkDotNet.Filters;
using BenchmarkDotNet.Running;

namespace Iarnet.MicroBenchmarks;

internal sealed class NameContains(string text) : IFilter
{
    public bool Predicate(BenchmarkCase benchmarkCase) => benchmarkCase.Descriptor.GetFilterName().Contains(text, StringComparison.OrdinalIgnoreCase);
}
