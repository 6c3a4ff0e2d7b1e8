namespace Iarnet.LoadBench.Store.Roles;

/// <summary>What a process of the benchmark does when it is told to.</summary>
internal interface IRole : IAsyncDisposable
{
    /// <summary>Gets ready, and says what others need to find it; empty where there is nothing to find.</summary>
    Task<string> StartAsync();

    /// <summary>Carries out a command and says its figure.</summary>
    Task<double> DoAsync(string verb, Words words);
}
