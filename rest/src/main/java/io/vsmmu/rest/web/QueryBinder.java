package io.vsmmu.rest.web;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.TypeMismatchException;
import org.springframework.core.MethodParameter;
import org.springframework.core.convert.ConversionException;
import org.springframework.core.convert.ConversionService;
import org.springframework.core.convert.TypeDescriptor;
import org.springframework.web.bind.ServletRequestDataBinder;

/**
 * Binds parameters by the registered conversions alone. Spring's own binder tries the property
 * editor of a type when its conversion fails, which takes -1 for an unsigned number and an empty
 * text for an absent one; and it takes values from headers too, so that {@code From} (RFC 9110,
 * 10.1.2) would become a filter.
 */
final class QueryBinder extends ServletRequestDataBinder {

  QueryBinder(@Nullable Object target, String name) {
    super(target, name);
  }

  @Override
  public <T> @Nullable T convertIfNecessary(
      @Nullable Object value, @Nullable Class<T> type, @Nullable MethodParameter parameter)
      throws TypeMismatchException {
    return value == null || parameter == null
        ? super.convertIfNecessary(value, type, parameter)
        : converted(value, type, new TypeDescriptor(parameter));
  }

  @Override
  public <T> @Nullable T convertIfNecessary(
      @Nullable Object value, @Nullable Class<T> type, @Nullable TypeDescriptor descriptor)
      throws TypeMismatchException {
    return value == null || descriptor == null
        ? super.convertIfNecessary(value, type, descriptor)
        : converted(value, type, descriptor);
  }

  @SuppressWarnings("unchecked")
  private <T> @Nullable T converted(
      Object value, @Nullable Class<T> type, TypeDescriptor descriptor) {
    ConversionService conversions = getConversionService();
    TypeDescriptor given = TypeDescriptor.forObject(value);
    if (conversions == null || given == null || !conversions.canConvert(given, descriptor)) {
      return super.convertIfNecessary(value, type, descriptor);
    }
    try {
      return (T) conversions.convert(value, given, descriptor);
    } catch (ConversionException refused) {
      throw new TypeMismatchException(value, type, refused);
    }
  }
}
