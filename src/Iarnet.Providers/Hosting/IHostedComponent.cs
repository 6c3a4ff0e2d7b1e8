namespace Iarnet.Providers;

/// <summary>A component that was started, as <see cref="ComponentHost"/> sees it.</summary>
internal interface IHostedComponent
{
    int? ProcessId { get; }

    /// <summary>Completes when nothing of it runs any more. Never fails.</summary>
    Task<ComponentExit> Ended { get; }

    /// <summary>Asks it to end, then makes it end; returns when <see cref="Ended"/> has completed, or when nothing more can be done.</summary>
    Task StopAsync();

    ComponentUsage GetUsage();
}
