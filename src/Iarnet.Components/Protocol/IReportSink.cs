using Iarnet.Components.Wire;

namespace Iarnet.Components.Protocol;

/// <summary>Takes the parts of a report, in the order in which they stand in it.</summary>
internal interface IReportSink
{
    void Loaded(uint function, Error? error);

    /// <param name="result">The outcome; an inline value lies in the memory of the report.</param>
    void Ended(in ResultReport result);

    void Drained();
}
