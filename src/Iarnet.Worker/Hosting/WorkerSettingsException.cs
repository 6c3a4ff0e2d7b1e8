namespace Iarnet.Worker.Hosting;

/// <summary>The environment does not say what a worker must know.</summary>
internal sealed class WorkerSettingsException(string message) : IarnetException(message);
