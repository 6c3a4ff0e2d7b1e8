using Microsoft.Extensions.Logging;

namespace Iarnet.Components.Actors;

/// <content>What is logged.</content>
internal sealed partial class BusActor
{
    [LoggerMessage(1, LogLevel.Error, "Component {Component} sent what is not a report; it is replaced.")]
    private partial void ReportMalformed(Exception error, string component);

    [LoggerMessage(2, LogLevel.Error, "Sending to component {Component} failed; it is replaced.")]
    private partial void SendingFailed(Exception error, string component);

    [LoggerMessage(3, LogLevel.Warning, "Function {Function} could not be loaded by component {Component}: {Type}: {Text}")]
    private partial void FunctionNotLoaded(string function, string component, string type, string text);

    [LoggerMessage(4, LogLevel.Information, "Component {Component} did not finish its calls before it was stopped.")]
    private partial void DrainFellShort(Exception error, string component);
}
