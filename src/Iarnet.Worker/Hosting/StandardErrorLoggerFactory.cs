using Microsoft.Extensions.Logging;

namespace Iarnet.Worker.Hosting;

/// <summary>Writes warnings and errors to standard error, which is the component's log. No logging package: what the worker brings, applications cannot bring in another version.</summary>
internal sealed class StandardErrorLoggerFactory : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => new Logger(categoryName);

    public void AddProvider(ILoggerProvider provider)
    {
        // Everything goes to one place.
    }

    public void Dispose()
    {
        // Nothing is held.
    }

    private sealed class Logger(string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Warning and < LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                Console.Error.WriteLine(exception is null
                    ? $"[{logLevel}] {category}: {formatter(state, exception)}"
                    : $"[{logLevel}] {category}: {formatter(state, exception)}{Environment.NewLine}{exception}");
            }
        }
    }
}
